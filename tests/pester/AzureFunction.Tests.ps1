# The sample of Azure Functions, with the part of the host played by FunctionsHost.ps1: first the scripts alone, then
# with queues and blobs on Azurite.

BeforeDiscovery {
    # The app runs in PowerShell 7 only, with the client that it has there.
    $isHere = (Get-Command -Name node -CommandType Application -ErrorAction Ignore) -and -not $env:KLINGPS_MODULE -and
        (Test-Path -LiteralPath "$PSScriptRoot/../npm/node_modules/azurite")
    if (-not $isHere) {
        Write-Information -InformationAction Continue (
            'The queues of the function app are not tested here: that needs Node.js, and npm install in tests/npm.')
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $kept = $env:XDG_STATE_HOME
    . "$PSScriptRoot/FunctionsHost.ps1"
    Enter-Suite
    $server = Start-TestServer -TaskSeconds 0.3 -Control
    $seen = @{ Requests = 0 }
    $env:COMETAPI_KEY = 'sk-0123456789abcdefWXYZ'
    $env:COMETAPI_BASE_URL = $server.BaseUri
    $secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

    # See RemoteControl.cs.
    function Invoke-Server([string] $Command) {
        $server.StandardInput.WriteLine($Command)
        $answer = Read-Line $server
        $answer | Should -Not -BeLike 'error*'
        $answer
    }

    function Get-Created {
        [int](Invoke-Server created)
    }

    # Those since the last time.
    function Get-Request([string] $Method = '*') {
        $requests = @(Invoke-Server requests | ConvertFrom-Json | ForEach-Object { $_ })
        $seen.Requests += $requests.Count
        @($requests | Where-Object Method -Like $Method)
    }

    # As another instance of the app: with an empty disk.
    function Enter-Instance {
        $env:KLINGPS_JOURNAL = $null
        $env:XDG_STATE_HOME = "$TestDrive/$(New-Guid)"
        Clear-Connection
    }

    function Invoke-Function([string] $Name, $Message, [int] $Delivery = 1, [string] $Id = 'an-id') {
        $Pushed.Clear()
        & "$App/$Name/run.ps1" -Message $Message -TriggerMetadata @{ Id = $Id; DequeueCount = "$Delivery" } | Should -BeNullOrEmpty
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
        $Pushed.Clear()
        & "$App/kling-callback/run.ps1" -Request (New-Request $Body $Headers $Query) 3>$null | Should -BeNullOrEmpty
        $Pushed.Response.StatusCode
    }
}

AfterAll {
    $env:XDG_STATE_HOME = $kept
    Exit-Suite
    Stop-Child $server
}

Describe 'The function app' {
    It 'binds what the scripts take and give' {
        foreach ($folder in Get-ChildItem $App -Directory) {
            $bindings = Get-Binding $folder.Name
            $script = [System.Management.Automation.Language.Parser]::ParseFile("$folder/run.ps1", [ref] $null, [ref] $null)
            $in = @($bindings | Where-Object direction -eq in).name
            $taken = $script.ParamBlock.Parameters.Name.VariablePath.UserPath
            @($taken | Where-Object { $_ -ne 'TriggerMetadata' }) | Should -Be $in
            $calls = $script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -eq 'Push-OutputBinding' }, $true)
            $given = @($calls | ForEach-Object { "$($_.CommandElements[2])" } | Sort-Object -Unique)
            $given | Should -Be @($bindings | Where-Object direction -eq out | ForEach-Object name | Sort-Object)
        }
    }

    It 'reads the queues it writes to, in one storage account' {
        $bindings = Get-ChildItem $App -Directory | ForEach-Object { Get-Binding $_.Name }
        $read = ($bindings | Where-Object type -eq queueTrigger).queueName | Sort-Object
        $read | Should -Be 'kling-open', 'kling-work'
        ($bindings | Where-Object type -eq queue).queueName | Sort-Object -Unique | Should -Be $read
        ($bindings | Where-Object connection).connection | Sort-Object -Unique | Should -HaveCount 1
    }

    It 'keeps its journal on the disk of the instance, unless it is told otherwise' {
        foreach ($given in $null, "$TestDrive/state") {
            $env:XDG_STATE_HOME = $given
            & "$App/profile.ps1"
            $env:XDG_STATE_HOME | Should -Be $(if ($given) { $given } else { [System.IO.Path]::GetTempPath() })
        }
    }
}

Describe 'kling-callback' {
    BeforeAll { $body = '{"task_id":"2032273942220931072","task_status":"succeed"}' }

    AfterEach { $env:KLING_WEBHOOK_SECRET = $null }

    It 'puts a finished task into the queue' {
        Invoke-Callback $body -Query @{ kind = 'TextToVideo' } | Should -Be 200
        $Pushed.Open.TaskId | Should -Be '2032273942220931072'
        $Pushed.Open.Kind | Should -Be 'TextToVideo'
        Invoke-Callback ($body -replace 'succeed', 'failed') | Should -Be 200
        $Pushed.Open.Kind | Should -Be 'VideoExtension'
    }

    It 'puts no task into the queue that is <_>' -ForEach 'submitted', 'processing' {
        Invoke-Callback ($body -replace 'succeed', $_) | Should -Be 200
        $Pushed.Keys | Should -Be 'Response'
    }

    It 'answers 400 to what is no task' {
        foreach ($rubbish in '', 'rubbish', '{}', '[]') {
            Invoke-Callback $rubbish | Should -Be 400
            $Pushed.Keys | Should -Be 'Response'
        }
    }

    It 'takes a signed callback, with the old secret and the new one' {
        $env:KLING_WEBHOOK_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD $secret "
        Invoke-Callback $body (Get-SignedHeader $body $secret) | Should -Be 200
        $Pushed.Open.TaskId | Should -Be '2032273942220931072'
        Invoke-Callback $body (Get-SignedHeader $body 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD') | Should -Be 200
    }

    It 'answers 401 to a callback that is not signed, changed or old' {
        $env:KLING_WEBHOOK_SECRET = $secret
        $signed = Get-SignedHeader $body $secret
        foreach ($case in @($body, @{}), @("$body ", $signed), @($body, (Get-SignedHeader $body 'whsec_AAAA')), @($body, (Get-SignedHeader $body $secret -Age 400))) {
            Invoke-Callback $case[0] $case[1] | Should -Be 401
            $Pushed.Keys | Should -Be 'Response'
        }
    }

    It 'fails where its own settings are wrong, instead of blaming the sender' {
        $env:KLING_WEBHOOK_SECRET = 'no secret!'
        { Invoke-Callback $body (Get-SignedHeader $body $secret) } | Should -Throw '*not whsec_*'
        $Pushed.Count | Should -Be 0
    }
}

Describe 'kling-submit' {
    BeforeEach { Enter-Instance }

    It 'pays for a message once, on however many instances, each with an empty journal' {
        $before = Get-Created
        $tasks = foreach ($delivery in 1..3) {
            Enter-Instance
            Invoke-Function kling-submit @{ Name = 'once'; Prompt = 'A harbour'; Id = 7 } $delivery
            $Pushed.Open.TaskId
        }

        Get-Created | Should -Be ($before + 1)
        $tasks | Sort-Object -Unique | Should -HaveCount 1
        $Pushed.Open.Kind | Should -Be 'TextToVideo'
        $Pushed.Open.Name | Should -Be 'once'
    }

    It 'gives a message without a name its id, in the message, before it pays' {
        $before = Get-Created
        Invoke-Function kling-submit @{ Prompt = 'A harbour'; Shot = $null } -Id 'a1b2'
        Get-Created | Should -Be $before
        $Pushed.Keys | Should -Be 'Work'
        $Pushed.Work.Name | Should -Be 'a1b2'
        $Pushed.Work.Prompt | Should -Be 'A harbour'
    }

    It 'takes the task of a request whose answer was lost' {
        $before = Get-Created
        $null = Invoke-Server 'fault POST text2video reset-after'
        { Invoke-Function kling-submit @{ Name = 'lost'; Prompt = 'A harbour' } } | Should -Throw -ErrorId 'SubmissionUnknown,*'
        Invoke-Function kling-submit @{ Name = 'lost'; Prompt = 'A harbour' } 2
        $here = $Pushed.Open.TaskId
        Enter-Instance
        Invoke-Function kling-submit @{ Name = 'lost'; Prompt = 'A harbour' } 3
        $Pushed.Open.TaskId | Should -Be $here
        Get-Created | Should -Be ($before + 1)
    }

    It 'puts the message back, instead of leaving it to the poison queue, while it is not known whether it was paid' {
        $null = Invoke-Server 'fault POST text2video reset-before'
        { Invoke-Function kling-submit @{ Name = 'unknown'; Prompt = 'A harbour' } } | Should -Throw -ErrorId 'SubmissionUnknown,*'
        { Invoke-Function kling-submit @{ Name = 'unknown'; Prompt = 'A harbour' } 3 } | Should -Throw -ErrorId 'MayBePaidAlready,*'
        $before = Get-Created
        Invoke-Function kling-submit @{ Name = 'unknown'; Prompt = 'A harbour' } 4
        $Pushed.Keys | Should -Be 'Work'
        $Pushed.Work.Name | Should -Be 'unknown'
        Get-Created | Should -Be $before
    }

    It 'fails for what needs a person, and pays nothing' {
        $before = Get-Created
        foreach ($message in 'A harbour', @('A harbour', 'A beach'), 7, $null) {
            { Invoke-Function kling-submit $message 4 } | Should -Throw '*not one JSON object for one video*'
        }

        { Invoke-Function kling-submit @{ Name = 'two'; Prompt = 'A harbour', 'A beach' } 4 } | Should -Throw '*one video*'
        foreach ($more in @{ Model = 'KLING-v3-omni ' }, @{ ReferenceVideo = 'https://x.test/a.mp4' }, @{ EditVideo = '1' }, @{ Reference = 'a.png' }) {
            { Invoke-Function kling-submit (@{ Name = 'omni'; Prompt = 'A harbour' } + $more) 4 } | Should -Throw '*omni model*'
        }

        { Invoke-Function kling-submit @{ Name = 'rejected'; Prompt = 'A harbour [sandbox:reject]' } 4 } | Should -Throw -ErrorId 'ContentRejected,*'
        Get-Created | Should -Be $before
        Invoke-Function kling-submit @{ Name = 'taken'; Prompt = 'A harbour' }
        { Invoke-Function kling-submit @{ Name = 'taken'; Prompt = 'A beach' } 4 } | Should -Throw -ErrorId 'NameTaken,*'
    }

    It 'pays nothing without a journal' {
        $env:KLINGPS_JOURNAL = 'off'
        Clear-Connection
        { Invoke-Function kling-submit @{ Name = 'off'; Prompt = 'A harbour' } 4 } | Should -Throw -ErrorId 'JournalNotWritable,*'
    }
}

Describe 'kling-save' {
    BeforeAll {
        function New-Open([string] $Prompt, [switch] $Wait) {
            $task = New-KlingVideo $Prompt -Name 'harbour'
            if ($Wait) {
                $null = $task | Wait-KlingTask -IncludeFailed
            }

            @{ TaskId = $task.TaskId; Kind = "$($task.Kind)"; Name = $task.Name }
        }

        function Get-Temporary {
            @(Get-ChildItem ([System.IO.Path]::GetTempPath()) -Directory -Filter 'kling-*-*-*').Name
        }
    }

    BeforeEach { Enter-Instance }

    It 'gives the video and what became of the task, and keeps no file' {
        $before = Get-Temporary
        $message = New-Open 'A harbour' -Wait
        Enter-Instance
        Invoke-Function kling-save $message
        , $Pushed.Video | Should -BeOfType byte[]
        $Pushed.Video.Length | Should -BeGreaterThan 1000
        $outcome = $Pushed.Outcome
        $outcome.TaskId, $outcome.Name, $outcome.Kind, $outcome.Status | Should -Be $message.TaskId, 'harbour', 'TextToVideo', 'Succeeded'
        Get-Temporary | Should -Be $before
    }

    It 'says why there is no video of a task that failed' {
        Invoke-Function kling-save (New-Open 'A harbour [sandbox:fail]' -Wait) 3>$null
        $Pushed.Keys | Should -Be 'Outcome'
        $outcome = $Pushed.Outcome
        $outcome.Status | Should -Be 'Failed'
        $outcome.StatusMessage | Should -Not -BeNullOrEmpty
    }

    It 'lets a task that has not finished come back, for a day' {
        $message = New-Open 'A harbour [sandbox:slow 3600]'
        { Invoke-Function kling-save $message 3 } | Should -Throw -ErrorId 'WaitTimeout,*'
        Invoke-Function kling-save $message 4
        $Pushed.Keys | Should -Be 'Open'
        $Pushed.Open.TaskId | Should -Be $message.TaskId
        Mock Get-Date { [datetime]::Now.AddHours(25) }
        { Invoke-Function kling-save $message 4 } | Should -Throw -ErrorId 'WaitTimeout,*'
    }

    It 'fails for a task that the service does not have, and for a video that is gone' {
        { Invoke-Function kling-save @{ TaskId = '861234567890123456'; Kind = 'TextToVideo' } 4 } | Should -Throw -ErrorId 'TaskNotFound,*'
        $message = New-Open 'A harbour' -Wait
        $null = 1..2 | ForEach-Object { Invoke-Server 'fault GET .mp4 respond 404 gone' }
        { Invoke-Function kling-save $message 4 } | Should -Throw -ErrorId 'VideoExpired,*'
        { Invoke-Function kling-save @{} 4 } | Should -Throw
        { Invoke-Function kling-save 'text' 4 } | Should -Throw
    }
}

Describe 'The queues on Azurite' -Skip:(-not $isHere) {
    BeforeAll {
        $azurite = Start-Azurite

        # Everything that happens, until both queues are empty.
        function Wait-Empty {
            Enter-Instance
            Invoke-Instance -VisibilitySec 30 -RetrySec 0 3>$null
        }

        function Get-Video {
            @(Get-Blob | Where-Object { $_ -like '*.mp4' })
        }

        function Get-Poison {
            @(Get-Message kling-work-poison) + @(Get-Message kling-open-poison)
        }
    }

    AfterAll { Stop-Child $azurite }

    BeforeEach {
        Clear-Storage
        $created = Get-Created
        $null = Get-Request
    }

    It 'makes, and saves, the video of a message' {
        Send-Message kling-work @{ Prompt = 'A harbour & <b> "é"'; Model = 'kling-v1-6'; Duration = 5 }
        $all = Wait-Empty
        $all | Where-Object Function -eq kling-submit | ForEach-Object Result | Should -Be 'Done', 'Done'
        Get-Created | Should -Be ($created + 1)
        Get-Video | Should -HaveCount 1
        (Get-Outcome (Get-Video).Replace('.mp4', '')).Name | Should -Match '^[0-9a-f-]{36}$'
        Get-Poison | Should -BeNullOrEmpty
    }

    # Between taking a message and its POST, an instance is killed in the last test.
    It 'pays once when an instance is killed: <_>' -ForEach 'Post', 'Pushed' {
        Send-Message kling-work @{ Name = $_; Prompt = 'A harbour' }
        if ($_ -eq 'Post') {
            $null = Invoke-Server 'fault POST text2video hang-after'
        }

        $instance = Start-Instance -VisibilitySec 1 -Hold $_
        if ($_ -eq 'Post') {
            $null = Invoke-Server "wait $($seen.Requests + 1)"
        }
        else {
            Read-Line $instance | Should -Be 'holding'
        }

        Stop-Child $instance
        $all = Wait-Empty
        @($all | Where-Object { $_.Function -eq 'kling-submit' -and $_.Delivery -eq 2 }) | Should -HaveCount 1
        Get-Created | Should -Be ($created + 1)
        Get-Request POST | Should -HaveCount 2
        Get-Video | Should -HaveCount 1
        Get-Poison | Should -BeNullOrEmpty
    }

    It 'pays once for a message that two instances have at once, and for one that came twice' {
        Send-Message kling-work @{ Name = 'both'; Prompt = 'A harbour' }
        $slow = Start-Instance -VisibilitySec 1 -Hold Taken
        Read-Line $slow | Should -Be 'holding'
        Send-Message kling-work @{ Name = 'twice'; Prompt = 'A beach' }
        Send-Message kling-work @{ Name = 'twice'; Prompt = 'A beach' }
        $null = Wait-Empty
        $slow.StandardInput.WriteLine()
        Read-Line $slow | Should -Be 'kling-submit 1 Done'
        Stop-Child $slow
        $null = Wait-Empty
        Get-Created | Should -Be ($created + 2)
        Get-Video | Should -HaveCount 2
        Get-Poison | Should -BeNullOrEmpty
    }

    It 'leaves to the poison queue, after five deliveries, what needs a person' {
        Send-Message kling-work 'no JSON'
        Send-Message kling-work @{ Prompt = 'A harbour [sandbox:reject]' }
        Send-Message kling-open @{ TaskId = '861234567890123456'; Kind = 'TextToVideo' }
        Enter-Instance
        $expired = New-KlingVideo 'A harbour' | Wait-KlingTask
        Send-Message kling-open @{ TaskId = $expired.TaskId; Kind = 'TextToVideo' }
        # Each delivery asks the service for a fresh address.
        $null = 1..(2 * $MaxDequeueCount) | ForEach-Object { Invoke-Server 'fault GET .mp4 respond 404 gone' }
        $all = Wait-Empty
        ($all | Group-Object Result | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.Count)" }) | Should -Be 'Done 1', 'Failed 16', 'Poison 4'
        ($all | Measure-Object Delivery -Maximum).Maximum | Should -Be 5
        # The message has its name with it, for the person who puts it back.
        (Get-Message kling-work-poison | Where-Object { $_ -like '*reject*' } | ConvertFrom-Json).Name | Should -Match '^[0-9a-f-]{36}$'
        Get-Created | Should -Be ($created + 1)
        Get-Blob | Should -BeNullOrEmpty
    }

    It 'does not take a slow task for poison, and is done with one that failed' {
        Send-Message kling-work @{ Name = 'slow'; Prompt = 'A harbour [sandbox:slow 3600]' }
        Enter-Instance
        (Invoke-NextMessage kling-submit).Result | Should -Be 'Done'
        $looks = 1..12 | ForEach-Object { (Invoke-NextMessage kling-save).Result }
        $looks | Should -Be @(1..3 | ForEach-Object { 'Failed', 'Failed', 'Failed', 'Done' })
        Measure-Queue kling-open | Should -Be 1
        Clear-Storage
        Send-Message kling-work @{ Name = 'bad'; Prompt = 'A harbour [sandbox:fail]' }
        $null = Wait-Empty
        (Get-Outcome ((Get-Blob) -replace '\.json$')).Status | Should -Be 'Failed'
        Get-Poison | Should -BeNullOrEmpty
    }

    It 'pays once for each message: three instances, two killed, every tenth message delivered twice' {
        $count = if ($env:KLINGPS_QUEUE_MESSAGES) { [int]$env:KLINGPS_QUEUE_MESSAGES } else { 20 }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        foreach ($number in 1..$count) {
            foreach ($copy in 0..[int]($number % 10 -eq 0)) {
                Send-Message kling-work @{ Name = "run-$number"; Prompt = "Harbour $number" }
            }
        }

        $null = Invoke-Server 'fault POST text2video hang-after'
        $first = Start-Instance -VisibilitySec 2
        $null = Invoke-Server "wait $($seen.Requests + 1)"
        $second = Start-Instance -VisibilitySec 2 -Hold Taken
        $others = @(Start-Instance)
        Read-Line $second | Should -Be 'holding'
        Stop-Child $first
        Stop-Child $second
        $others += Start-Instance
        $others += Start-Instance
        $lines = foreach ($other in $others) {
            $other.StandardOutput.ReadToEnd() -split '\r?\n' -ne ''
            Stop-Child $other
        }

        $posts = (Get-Request POST).Count
        $made = (Get-Created) - $created
        $again = @($lines -match '^kling-submit [2-9]').Count
        $videos = @(Get-Video).Count
        $poison = @(Get-Poison).Count
        $twice = [Math]::Floor($count / 10)
        $counts = "$($count + $twice) messages of $count names, $again redeliveries after 2 kills, $posts POSTs, $made tasks, " +
            "$videos videos, $poison poison messages, in $([int]$watch.Elapsed.TotalSeconds) s"
        Write-Information -InformationAction Continue $counts
        $made, $videos, $poison | Should -Be $count, $count, 0 -Because $counts
        # The second may have been killed over the message of the first.
        $again | Should -BeIn 1, 2 -Because $counts
        $posts | Should -BeGreaterThan $count -Because $counts
        $posts | Should -BeLessThan ($count + $twice + 3) -Because $counts
    }
}
