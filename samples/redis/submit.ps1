<#
.SYNOPSIS
    Puts the rows of a table on a Redis stream, for worker.ps1 on any number of machines.
.DESCRIPTION
    Nothing is paid here: a worker pays for a row when it takes it. Each row has the columns that New-KlingVideo reads,
    such as Name, Prompt and Model. A row that is put there twice, with the same Name and the same columns, is paid for
    once. Never reuse a Name with another prompt.
.PARAMETER Row
    The rows, from Import-Csv for example.
.PARAMETER Redis
    redis://[user:password@]host[:port][/database], or rediss:// for TLS; by default $env:KLING_REDIS. Special
    characters of the password are percent-encoded.
.PARAMETER Stream
    The key of the stream.
.EXAMPLE
    Import-Csv ./videos.csv | ./samples/redis/submit.ps1 -Redis redis://localhost
.OUTPUTS
    The row's name and the id of its message.
#>
#requires -Version 7
[CmdletBinding()]
param(
    [Parameter(Mandatory, ValueFromPipeline)]
    [psobject] $Row,

    [ValidateNotNullOrEmpty()]
    [string] $Redis = $env:KLING_REDIS,

    [ValidateNotNullOrEmpty()]
    [string] $Stream = 'kling'
)

begin {
    $ErrorActionPreference = 'Stop'
    Import-Module "$PSScriptRoot/Redis.psm1"
    $connection = Connect-Redis $Redis
}

process {
    $fields = foreach ($column in $Row.PSObject.Properties) {
        if ($column.Value -is [System.Collections.ICollection]) {
            throw "The column '$($column.Name)' is a list; a row on the stream has one text in each column."
        }

        $column.Name, [string]$column.Value
    }
    [pscustomobject]@{ Name = $Row.Name; Id = $connection.Invoke(@('XADD', $Stream, '*') + $fields) }
}

end {
    $connection.Close()
}
