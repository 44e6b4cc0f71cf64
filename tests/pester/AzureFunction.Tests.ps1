# The sample of Azure Functions, with the worker's part faked: what it binds and what it takes back.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite -SandboxTaskSec 0
    $app = "$Repository/samples/azure-function"
    $settings = 'KLING_WEBHOOK_SECRET', 'KLING_DESTINATION', 'KLING_EXTEND_PROMPT', 'KLING_CALLBACK_URL'
    $pushed = @{}
    $secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

    # Takes what the worker's own cmdlet takes; the hashtable of a response becomes an HttpResponseContext there.
    function Push-OutputBinding([string] $Name, $Value) {
        $pushed[$Name] = $Value
    }

    function New-Request([string] $Body, [hashtable] $Headers = @{}, [hashtable] $Query = @{}) {
        [pscustomobject]@{ Method = 'POST'; Headers = $Headers; Query = $Query; RawBody = $Body }
    }

    # As its sender signs it.
    function Get-SignedHeader([string] $Body, [string] $With, [int] $Age = 0) {
        $time = [DateTimeOffset]::UtcNow.AddSeconds(-$Age).ToUnixTimeSeconds()
        $hmac = [System.Security.Cryptography.HMACSHA256]::new([Convert]::FromBase64String($With.Substring(6)))
        $hash = $hmac.ComputeHash([System.Text.Encoding]::UTF8.GetBytes("msg_1.$time.$Body"))
        @{ 'webhook-id' = 'msg_1'; 'webhook-timestamp' = "$time"; 'webhook-signature' = "v1,$([Convert]::ToBase64String($hash))" }
    }

    function Invoke-Callback([string] $Body, [hashtable] $Headers = @{}, [hashtable] $Query = @{}) {
        $pushed.Clear()
        & "$app/kling-callback/run.ps1" -Request (New-Request $Body $Headers $Query) 3>$null | Should -BeNullOrEmpty
        $pushed.Response.StatusCode
    }

    # The queue carries JSON, and the worker makes a hashtable of it.
    function Invoke-Finished($Task) {
        $message = @{ TaskId = $Task.TaskId; Kind = "$($Task.Kind)" } | ConvertTo-Json | ConvertFrom-Json -AsHashtable
        & "$app/kling-finished/run.ps1" -Message $message | Should -BeNullOrEmpty
    }

    function New-Parent([string] $Prompt = 'A harbour') {
        New-KlingVideo $Prompt -Model kling-v1-6 | Wait-KlingTask -IncludeFailed
    }

    function Get-Extension {
        @(Get-KlingTask -Last 100 | Where-Object Kind -eq VideoExtension)
    }
}

AfterAll { Exit-Suite }

Describe 'The function app' {
    It 'binds what the scripts take and give' {
        foreach ($folder in Get-ChildItem $app -Directory) {
            $bindings = (Get-Content "$folder/function.json" -Raw | ConvertFrom-Json).bindings
            $script = [System.Management.Automation.Language.Parser]::ParseFile("$folder/run.ps1", [ref] $null, [ref] $null)
            $in = @($bindings | Where-Object direction -eq in).name
            $script.ParamBlock.Parameters.Name.VariablePath.UserPath | Should -Be $in
            $calls = $script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -eq 'Push-OutputBinding' }, $true)
            $given = @($calls | ForEach-Object { "$($_.CommandElements[2])" } | Sort-Object -Unique)
            $given | Should -Be @($bindings | Where-Object direction -eq out | ForEach-Object name | Sort-Object)
        }
    }

    It 'reads from the queue it writes to' {
        $queues = Get-ChildItem $app -Recurse -Filter function.json | ForEach-Object { (Get-Content $_ -Raw | ConvertFrom-Json).bindings } |
            Where-Object type -like 'queue*'
        $queues | Should -HaveCount 2
        $queues.queueName | Sort-Object -Unique | Should -HaveCount 1
        $queues.connection | Sort-Object -Unique | Should -HaveCount 1
        (Get-Content "$app/host.json" -Raw | ConvertFrom-Json).version | Should -Be '2.0'
    }

    It 'keeps no journal on a disk that goes with the instance, unless it is told to' {
        foreach ($given in $null, 'on') {
            $env:KLINGPS_JOURNAL = $given
            & "$app/profile.ps1"
            $env:KLINGPS_JOURNAL | Should -Be $(if ($given) { 'on' } else { 'off' })
        }

        $env:KLINGPS_JOURNAL = 'off'
    }
}

Describe 'kling-callback' {
    BeforeAll { $body = '{"task_id":"2032273942220931072","task_status":"succeed"}' }

    AfterEach { $env:KLING_WEBHOOK_SECRET = $null }

    It 'puts a finished task into the queue' {
        Invoke-Callback $body -Query @{ kind = 'TextToVideo' } | Should -Be 200
        $pushed.Finished.TaskId | Should -Be '2032273942220931072'
        $pushed.Finished.Kind | Should -Be 'TextToVideo'
        Invoke-Callback ($body -replace 'succeed', 'failed') | Should -Be 200
        $pushed.Finished.Kind | Should -Be 'VideoExtension'
    }

    It 'puts no task into the queue that is <_>' -ForEach 'submitted', 'processing' {
        Invoke-Callback ($body -replace 'succeed', $_) | Should -Be 200
        $pushed.Keys | Should -Be 'Response'
    }

    It 'answers 400 to what is no task' {
        foreach ($rubbish in '', 'rubbish', '{}', '[]') {
            Invoke-Callback $rubbish | Should -Be 400
            $pushed.Keys | Should -Be 'Response'
        }
    }

    It 'takes a signed callback, with the old secret and the new one' {
        $env:KLING_WEBHOOK_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD $secret "
        Invoke-Callback $body (Get-SignedHeader $body $secret) | Should -Be 200
        $pushed.Finished.TaskId | Should -Be '2032273942220931072'
        Invoke-Callback $body (Get-SignedHeader $body 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD') | Should -Be 200
    }

    It 'answers 401 to a callback that is not signed, changed or old' {
        $env:KLING_WEBHOOK_SECRET = $secret
        $signed = Get-SignedHeader $body $secret
        foreach ($case in @($body, @{}), @("$body ", $signed), @($body, (Get-SignedHeader $body 'whsec_AAAA')), @($body, (Get-SignedHeader $body $secret -Age 400))) {
            Invoke-Callback $case[0] $case[1] | Should -Be 401
            $pushed.Keys | Should -Be 'Response'
        }
    }

    It 'fails where its own settings are wrong, instead of blaming the sender' {
        $env:KLING_WEBHOOK_SECRET = 'no secret!'
        { Invoke-Callback $body (Get-SignedHeader $body $secret) } | Should -Throw '*not whsec_*'
        $pushed.Count | Should -Be 0
    }
}

Describe 'kling-finished' {
    BeforeEach {
        $env:KLING_DESTINATION = "$TestDrive/$(New-Guid)"
        $env:KLING_CALLBACK_URL = 'https://app.test/api/kling-callback?code=abc'
    }

    AfterEach {
        foreach ($name in $settings) {
            [Environment]::SetEnvironmentVariable($name, $null)
        }
    }

    It 'saves the video, once, however often the message comes' {
        $parent = New-Parent
        1..3 | ForEach-Object { Invoke-Finished $parent }
        (Get-ChildItem $env:KLING_DESTINATION).Name | Should -Be "$($parent.VideoId).mp4"
    }

    It 'believes the service and not the message' {
        Connect-Kling -Sandbox -SandboxTaskSec 3600
        $parent = New-KlingVideo 'A harbour' -Model kling-v1-6
        { Invoke-Finished $parent } | Should -Throw '*has not finished*'
        { Invoke-Finished @{ TaskId = '861234567890123456'; Kind = 'TextToVideo' } } | Should -Throw -ErrorId 'TaskNotFound,*'
        Test-Path $env:KLING_DESTINATION | Should -BeFalse
        Connect-Kling -Sandbox -SandboxTaskSec 0
    }

    It 'is done with a task that failed' {
        $parent = New-Parent 'A harbour [sandbox:fail]'
        $parent.Status | Should -Be 'Failed'
        Invoke-Finished $parent 3>$null
        Test-Path $env:KLING_DESTINATION | Should -BeFalse
    }

    It 'extends a video once, however often the message comes, and saves the longer one' {
        $env:KLING_EXTEND_PROMPT = 'The sun breaks through'
        $parent = New-Parent
        $before = (Get-Extension).Count
        1..3 | ForEach-Object { Invoke-Finished $parent }
        $extension = @(Get-Extension)[-1]
        (Get-Extension).Count | Should -Be ($before + 1)
        Get-Content "$env:KLING_DESTINATION/$($parent.TaskId).extended" | Should -Be $extension.TaskId
        Invoke-Finished $extension
        (Get-ChildItem $env:KLING_DESTINATION -Filter *.mp4).Name | Should -Be "$((Get-KlingTask $extension.TaskId).VideoId).mp4"
    }

    It 'tries an extension again only when nothing was paid' {
        $env:KLING_EXTEND_PROMPT = 'x' * 3000
        $parent = New-Parent
        { Invoke-Finished $parent } | Should -Throw -ErrorId 'PromptTooLong,*'
        Get-ChildItem $env:KLING_DESTINATION | Should -BeNullOrEmpty
        $env:KLING_EXTEND_PROMPT = 'Shorter'
        Invoke-Finished $parent
        Get-Content "$env:KLING_DESTINATION/$($parent.TaskId).extended" | Should -Match '^\d+$'
    }

    It 'says so when it cannot make its note, and pays nothing' {
        $env:KLING_EXTEND_PROMPT = 'The sun breaks through'
        $parent = New-Parent
        Set-Content "$TestDrive/a-file" 'in the way'
        $env:KLING_DESTINATION = "$TestDrive/a-file"
        $before = (Get-Extension).Count
        { Invoke-Finished $parent } | Should -Throw
        (Get-Extension).Count | Should -Be $before
    }
}
