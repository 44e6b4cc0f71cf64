# samples/redis as processes with a journal each, as on machines of their own, against Redis and the service on loopback.

BeforeDiscovery {
    # With the Desktop libraries the scripts are the same, and so is what they show.
    $canRun = (Get-Command redis-server -ErrorAction Ignore) -and (Get-Command kill -CommandType Application -ErrorAction Ignore) -and
        -not $env:KLINGPS_MODULE
    if (-not $canRun) {
        Write-Host 'The Redis sample is not run: redis-server is not installed here, or this is a second edition.'
    }
}

Describe 'The Redis sample' -Skip:(-not $canRun) {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Enter-Suite
        $env:COMETAPI_KEY = 'sk-0123456789abcdefWXYZ'
        $sample = "$Repository/samples/redis"
        Import-Module "$sample/Redis.psm1"

        function Get-FreePort {
            $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $listener.Start()
            $listener.LocalEndpoint.Port
            $listener.Stop()
        }

        # Redis with a password, and a folder that outlives it.
        function Start-Redis([string] $Folder, [int] $Port, [string] $More) {
            $null = New-Item -ItemType Directory -Path $Folder -Force
            $listens = if ($More) { "--port 0 --tls-port $Port $More" } else { "--port $Port" }
            $child = Start-Child redis-server "--bind 127.0.0.1 --dir `"$Folder`" --requirepass pass:w/rd --save `"`" --appendonly yes $listens"
            do {
                $line = Read-Line $child
            } until ($line -match 'Ready to accept connections' -or $child.HasExited)
            $child
        }

        # A worker in a PowerShell of its own, with the state of its own machine.
        function Start-Worker([string] $Name, [string] $Arguments = '-UntilEmpty') {
            $settings = @{
                XDG_STATE_HOME = "$folder/state-$($Name -replace 'b$')"; KLINGPS_JOURNAL = $null
                COMETAPI_BASE_URL = "$($server.BaseUri)"; KLING_REDIS = $address
            }
            $before = @{}
            foreach ($entry in $settings.GetEnumerator()) {
                $before[$entry.Key] = [Environment]::GetEnvironmentVariable($entry.Key)
                [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value)
            }

            try {
                $script = "$QuickWait; Import-Module '$Manifest'; Connect-Kling -MaxRequestsPerSec 500; " +
                    "& '$sample/worker.ps1' -Destination '$folder/out' -ClaimSec 3 -Worker $Name $Arguments"
                $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Shell), "-NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $(Get-Encoded $script)")
                $start.RedirectStandardOutput = $start.RedirectStandardError = $true
                $child = [System.Diagnostics.Process]::Start($start)
                $child | Add-Member -NotePropertyMembers @{ Out = $child.StandardOutput.ReadToEndAsync(); Trouble = $child.StandardError.ReadToEndAsync() }
                $workers.Add($child)
                $child
            }
            finally {
                foreach ($entry in $before.GetEnumerator()) {
                    [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value)
                }
            }
        }

        function Wait-Worker($Process, [int] $TimeoutSec = 120) {
            $Process.WaitForExit(1000 * $TimeoutSec) | Should -BeTrue -Because 'the worker ends when the stream is empty'
            if ($Process.ExitCode -ne 0) { Write-Host (Get-Plain $Process.Trouble.Result) }
            $Process.ExitCode
        }

        function Send-Control([string] $Line) {
            $server.StandardInput.WriteLine($Line)
            Read-Line $server
        }

        # Looks until something is so; what it waits for happens in other processes.
        function Wait-Until([scriptblock] $Is, [int] $TimeoutSec = 60) {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while (-not (& $Is)) {
                $clock.Elapsed.TotalSeconds | Should -BeLessThan $TimeoutSec -Because "{$Is } comes true"
                Start-Sleep -Milliseconds 20
            }
        }

        # Each lies in a folder named after its task.
        function Get-Video { @(Get-ChildItem "$folder/out" -Recurse -Filter *.mp4 -ErrorAction Ignore) }

        function Get-Left([string] $Stream = 'kling') {
            $pending = $client.Invoke(@('XPENDING', $Stream, 'workers'))
            "$($client.Invoke(@('XLEN', $Stream))) on the stream, $($pending[0]) pending, $($client.Invoke(@('XLEN', "${Stream}:failed"))) failed"
        }

        function Get-Reason { $client.Invoke(@('XRANGE', 'kling:failed', '-', '+')) | ForEach-Object { $_[1][-1] } }

        function New-Row([int[]] $Number) {
            $Number | ForEach-Object { [pscustomobject]@{ Name = "v$_"; Prompt = "Harbour $_" } }
        }
    }

    AfterAll {
        Exit-Suite
        Remove-Module Redis -ErrorAction Ignore
    }

    BeforeEach {
        $folder = "$TestDrive/$(New-Guid)"
        $port = Get-FreePort
        $redis = Start-Redis "$folder/redis" $port
        $address = "redis://:pass%3Aw%2Frd@127.0.0.1:$port/2"
        $client = Connect-Redis $address
        $workers = [System.Collections.Generic.List[object]]::new()
    }

    AfterEach {
        $workers | ForEach-Object { Stop-Child $_ }
        if ($client) { $client.Close() }
        Stop-Child $redis
        Stop-Child $server
        $server = $null
    }

    It 'pays once for each row and saves each video, with workers killed in a POST and in the middle, and one paused' {
        $count = if ($env:KLINGPS_REDIS_ROWS) { [int]$env:KLINGPS_REDIS_ROWS } else { 100 }
        $server = Start-TestServer 0.5 -Control
        # Some rows are put there twice, as by a sender that lost the answer.
        $twice = 1..20
        $messages = @(New-Row (1..$count) | & "$sample/submit.ps1" -Redis $address) + @(New-Row $twice | & "$sample/submit.ps1" -Redis $address)
        $last = if ($env:KLINGPS_REDIS_WORKERS) { [int]$env:KLINGPS_REDIS_WORKERS } else { 3 }
        $more = "-UntilEmpty -Slots $(20 * $last) -BatchSize 20"
        $clock = [System.Diagnostics.Stopwatch]::StartNew()

        # The service makes the task of the first POST, and its answer never comes.
        Send-Control 'fault POST text2video hang-after' | Should -Be ok
        $first = Start-Worker w1 $more
        Send-Control 'wait 1' | Should -Be ok
        $others = 2..$last | ForEach-Object { Start-Worker "w$_" $more }
        # Paused while it has messages, until others have taken them.
        $paused = { $client.Invoke(@('XPENDING', 'kling', 'workers', '-', '+', 1, 'w2')).Count -gt 0 }
        do {
            kill -CONT $others[0].Id
            Wait-Until $paused
            kill -STOP $others[0].Id
        } until (& $paused)

        Wait-Until { (Get-Video).Count -gt $count / 10 }
        $first.Kill()
        $again = Start-Worker w1b $more
        Wait-Until { -not (& $paused) }
        $others[1].Kill()
        $third = Start-Worker w3b $more
        kill -CONT $others[0].Id

        foreach ($worker in @($again, $third) + ($others | Where-Object { $_ -ne $others[1] })) {
            Wait-Worker $worker | Should -Be 0
        }

        $time = $clock.Elapsed.TotalSeconds
        $posts = @(Send-Control requests | ConvertFrom-Json | Where-Object Method -eq POST).Count
        $created = [int](Send-Control created)
        Write-Host ("$last workers: {0} messages for {1} rows: {2} POSTs, {3} tasks, {4} files; {5}; {6:0.0} s" -f
            $messages.Count, $count, $posts, $created, (Get-Video).Count, (Get-Left), $time)
        $created | Should -Be $count
        @(Get-Video).Name | Sort-Object | Should -Be ((New-Row (1..$count)).Name | ForEach-Object { "$_.mp4" } | Sort-Object)
        Get-Left | Should -Be '0 on the stream, 0 pending, 0 failed'
    }

    It 'goes on when Redis restarts' {
        $server = Start-TestServer 0.3
        New-Row (1..20) | & "$sample/submit.ps1" -Redis $address | Should -HaveCount 20
        $one = Start-Worker w1
        Wait-Until { (Get-Video).Count -gt 4 }
        Stop-Child $redis
        $redis = Start-Redis "$folder/redis" $port
        Wait-Worker $one | Should -Be 0
        Get-Video | Should -HaveCount 20
        Get-Left | Should -Be '0 on the stream, 0 pending, 0 failed'
    }

    It 'keeps all workers together within the slots, and frees those of a dead worker' {
        $server = Start-TestServer 3600 -Control
        $null = New-Row (1..9) | & "$sample/submit.ps1" -Redis $address
        $one = Start-Worker w1 '-Slots 3 -BatchSize 3'
        Send-Control 'wait 6' | Should -Be ok
        $two = Start-Worker w2 '-Slots 3 -BatchSize 3'
        Wait-Until { $client.Invoke(@('ZSCORE', 'kling:leases', 'w2')) }
        $client.Invoke(@('HGET', 'kling:slots', 'w2')) | Should -Be 0
        Send-Control created | Should -Be 3
        $one.Kill()
        # The other takes the slots and the messages over, and pays for none of them again.
        Wait-Until { $client.Invoke(@('HGET', 'kling:slots', 'w2')) -eq 3 }
        Wait-Until { @($client.Invoke(@('XPENDING', 'kling', 'workers', '-', '+', 10)) | Where-Object { $_[1] -eq 'w2' }).Count -eq 3 }
        Send-Control created | Should -Be 3
        $two.HasExited | Should -BeFalse
    }

    It 'puts what can never succeed on a stream of its own, with the reason' {
        $server = Start-TestServer 0.1 -Control
        # The first has no right to the model, which is no reason for the worker to end.
        $null = [pscustomobject]@{ Name = 'forbidden'; Prompt = 'A forbidden harbour' },
            [pscustomobject]@{ Name = 'bad'; Prompt = 'A harbour [sandbox:fail]' },
            [pscustomobject]@{ Name = 'empty'; Prompt = '' },
            [pscustomobject]@{ Name = 'long'; Prompt = 'x' * 3000 },
            [pscustomobject]@{ Name = 'omni'; Prompt = 'A harbour'; Model = 'kling-v3-omni' },
            [pscustomobject]@{ Name = 'file'; Prompt = 'A harbour'; Image = '/tmp/harbour.png' },
            [pscustomobject]@{ Name = 'own'; Prompt = 'A harbour'; ExternalTaskId = 'mine' },
            [pscustomobject]@{ Name = '2026-11-27T10:00:00+02:00'; Prompt = '5' },
            [pscustomobject]@{ Name = 'Hafen é 港 ''"$(exit)'; Prompt = "Ein Hafen`r`n`$5" } |
            & "$sample/submit.ps1" -Redis $address
        { [pscustomobject]@{ Prompt = 'A', 'B' } | & "$sample/submit.ps1" -Redis $address } | Should -Throw '*Prompt*is a list*'
        $null = $client.Invoke(@('XADD', 'kling', '*', 'foreign', 'x'))
        $null = Send-Control 'fault POST text2video respond 403 {"code":1103,"message":"no right to this model"}'
        Wait-Worker (Start-Worker w1 '-UntilEmpty -BatchSize 1') | Should -Be 0
        $reasons = Get-Reason
        $reasons | Should -HaveCount 8
        foreach ($reason in '*accepts 2500*', '*failed*', '*neither a -Prompt*', '*paid for twice*', '*external id*', '*picture*', '*no right*') {
            $reasons -like $reason | Should -Not -BeNullOrEmpty -Because "a reason is like $reason, of $($reasons -join ' | ')"
        }

        @(Get-Video).Name | Should -Contain '2026-11-27T10_00_00+02_00.mp4'
        Get-Video | Should -HaveCount 2
        Get-Left | Should -Be '0 on the stream, 0 pending, 8 failed'
    }

    It 'gives up a message that no worker survives' {
        $server = Start-TestServer 0.1
        $id = (New-Row 1 | & "$sample/submit.ps1" -Redis $address).Id
        $null = $client.Invoke(@('XGROUP', 'CREATE', 'kling', 'workers', '0'))
        $null = $client.Invoke(@('XREADGROUP', 'GROUP', 'workers', 'dead', 'COUNT', '1', 'STREAMS', 'kling', '>'))
        $null = $client.Invoke(@('XCLAIM', 'kling', 'workers', 'dead', '0', $id, 'IDLE', '99999', 'RETRYCOUNT', '5'))
        Wait-Worker (Start-Worker w1) | Should -Be 0
        Get-Reason | Should -BeLike '*delivered 5 times*'
        Get-Video | Should -HaveCount 0
    }

    It 'saves what was paid for before it ends without credit, and leaves the rest' {
        $server = Start-TestServer 1 -Control
        $null = New-Row (1..5) | & "$sample/submit.ps1" -Redis $address
        $one = Start-Worker w1 "-UntilEmpty -BatchSize 5"
        Send-Control 'wait 2' | Should -Be ok
        $null = Send-Control 'fault POST text2video respond 429 {"code":1102,"message":"no balance"}'
        Wait-Worker $one | Should -Be 1
        $paid = [int](Send-Control created)
        Get-Video | Should -HaveCount $paid
        Get-Left | Should -Be "$(5 - $paid) on the stream, $(5 - $paid) pending, 0 failed"
        Wait-Worker (Start-Worker w2) | Should -Be 0
        Get-Video | Should -HaveCount 5
    }

    It 'hands back what it has when it is interrupted, also what was on its way' {
        $server = Start-TestServer 3600 -Control
        $idle = Start-Worker w1 ''
        Wait-Until { $client.Invoke(@('ZSCORE', 'kling:leases', 'w1')) }
        kill -INT $idle.Id
        # For the read that is blocking.
        $null = New-Row 1 | & "$sample/submit.ps1" -Redis $address
        $idle.WaitForExit(20000) | Should -BeTrue
        $client.Invoke(@('XLEN', 'kling')) | Should -Be 1
        $next = Start-Worker w2 ''
        Send-Control 'wait 1' | Should -Be ok
        $client.Invoke(@('XPENDING', 'kling', 'workers', '-', '+', 10))[0][1] | Should -Be w2
    }

    It 'stops where no message can go on, and hands them back as never delivered' {
        $server = Start-TestServer 0.1 -Control
        $id = (New-Row 1 | & "$sample/submit.ps1" -Redis $address).Id
        # Delivered four times already; a message that was delivered too often is given up.
        $null = $client.Invoke(@('XGROUP', 'CREATE', 'kling', 'workers', '0'))
        $null = $client.Invoke(@('XREADGROUP', 'GROUP', 'workers', 'dead', 'COUNT', '1', 'STREAMS', 'kling', '>'))
        $null = $client.Invoke(@('XCLAIM', 'kling', 'workers', 'dead', '0', $id, 'IDLE', '99999', 'RETRYCOUNT', '4'))
        $null = Send-Control 'fault POST text2video respond 401 {"code":1002,"message":"no such key"}'
        $worker = Start-Worker w1
        Wait-Worker $worker | Should -Be 1
        $worker.Trouble.Result | Should -BeLike '*key*'
        $client.Invoke(@('XPENDING', 'kling', 'workers', '-', '+', 1))[0][3] | Should -Be 0

        Wait-Worker (Start-Worker w1) | Should -Be 0
        Get-Video | Should -HaveCount 1
        Get-Left | Should -Be '0 on the stream, 0 pending, 0 failed'
    }

    It 'speaks TLS, and only to a server it can trust and that knows the password' {
        $key = [System.Security.Cryptography.RSA]::Create(2048)
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
            'CN=localhost', $key, [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        $names.AddDnsName('localhost')
        $request.CertificateExtensions.Add($names.Build())
        $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $false, 0, $true))
        $certificate = $request.CreateSelfSigned([datetime]::UtcNow.AddDays(-1), [datetime]::UtcNow.AddDays(1))
        Set-Content "$folder/cert.pem" $certificate.ExportCertificatePem()
        Set-Content "$folder/key.pem" $key.ExportPkcs8PrivateKeyPem()

        $securePort = Get-FreePort
        $secure = Start-Redis "$folder/secure" $securePort "--tls-cert-file $folder/cert.pem --tls-key-file $folder/key.pem --tls-auth-clients no"
        try {
            { Connect-Redis "rediss://:pass%3Aw%2Frd@localhost:$securePort" } | Should -Throw '*certificate*'
            { Connect-Redis "redis://:wrong@127.0.0.1:$port" } | Should -Throw '*WRONGPASS*'
            { Connect-Redis "redis://127.0.0.1:$port" | ForEach-Object { $_.Invoke('PING') } } | Should -Throw '*NOAUTH*'
            { Connect-Redis 'localhost' } | Should -Throw '*redis://*'
            $env:SSL_CERT_FILE = "$folder/cert.pem"
            $trusts = "Import-Module '$sample/Redis.psm1'; " +
                "(Connect-Redis 'rediss://default:pass%3Aw%2Frd@localhost:$securePort/1').Invoke('PING')"
            & (Get-Shell) -NoProfile -NonInteractive -EncodedCommand (Get-Encoded $trusts) | Should -Be PONG
        }
        finally {
            $env:SSL_CERT_FILE = $null
            Stop-Child $secure
        }
    }
}
