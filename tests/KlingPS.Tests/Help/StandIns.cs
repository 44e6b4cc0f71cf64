namespace KlingPS.Tests.Help;

/// <summary>
/// The few cmdlets of examples that the hosted engine does not bring, with as much as the examples use. The Pester suite runs
/// the same examples with the real ones.
/// </summary>
internal static class StandIns
{
    internal const string Script = """
        function Select-Object([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] [object[]] $Property) {
            process {
                $row = [ordered]@{}
                foreach ($item in $Property) {
                    if ($item -is [string]) { $row[$item] = $InputObject.$item }
                    else { $row[$item.Name] = $InputObject | ForEach-Object $item.Expression }
                }

                [pscustomobject]$row
            }
        }

        function Full([string] $Path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path) }

        function Export-Csv([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Path, [switch] $NoTypeInformation) {
            begin { $lines = @() }
            process {
                $cells = $InputObject.PSObject.Properties
                if (-not $lines) { $lines += $cells.Name -join ',' }
                $lines += $cells.Value -join ','
            }
            end { [IO.File]::WriteAllLines((Full $Path), [string[]]$lines) }
        }

        function ConvertFrom-Csv([Parameter(ValueFromPipeline)] [string] $InputObject) {
            process {
                $names, $rows = $InputObject -split '\r?\n' | Where-Object Length -gt 0
                foreach ($row in $rows) {
                    $made = [ordered]@{}
                    $cells = $row -split ','
                    foreach ($name in $names -split ',') { $made[$name], $cells = $cells }
                    [pscustomobject]$made
                }
            }
        }

        function Import-Csv($Path) { [IO.File]::ReadAllText((Full $Path)) | ConvertFrom-Csv }

        function Export-Clixml([Parameter(ValueFromPipeline)] $InputObject, [Parameter(Position = 0)] $Path) {
            process { [IO.File]::WriteAllText((Full $Path), [Management.Automation.PSSerializer]::Serialize($InputObject)) }
        }

        function Import-Clixml($Path) { [Management.Automation.PSSerializer]::Deserialize([IO.File]::ReadAllText((Full $Path))) }
        """;
}
