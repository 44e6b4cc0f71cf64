# docs/scale-out.md and the manifests it names; Redis and the function app have files of their own.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Enter-Suite
    $server = Start-TestServer 0
    $env:COMETAPI_KEY = 'sk-0123456789abcdefWXYZ'
    $env:COMETAPI_BASE_URL = $server.BaseUri
    $samples = "$Repository/samples"
}

AfterAll {
    Exit-Suite
    Stop-Child $server
}

Describe 'The Kubernetes manifests' {
    BeforeAll {
        $manifests = Get-ChildItem "$samples/kubernetes" -Filter *.yaml
        $manifests | Should -HaveCount 2
    }

    It 'call the worker as it is' {
        Get-Content "$samples/kubernetes/Dockerfile" -Raw | Should -Match 'COPY samples/redis /opt/klingps/'
        $known = (Get-Command "$samples/redis/worker.ps1").Parameters.Keys
        foreach ($manifest in $manifests | Get-Content -Raw) {
            $name = [regex]::Match($manifest, '/opt/klingps/([\w-]+\.ps1)').Groups[1].Value
            $name | Should -Be worker.ps1
            $given = [regex]::Matches($manifest.Substring($manifest.IndexOf($name)), '(?m)^ +- -(\w+)\r?$') | ForEach-Object { $_.Groups[1].Value }
            @($given).Count | Should -BeGreaterThan 2
            $given | ForEach-Object { $known | Should -Contain $_ }
        }
    }

    It 'scale with the stream that the worker reads, and share the rate' {
        $scaled = Get-Content "$samples/kubernetes/workers.yaml" -Raw
        $default = (Get-Command "$samples/redis/worker.ps1").ScriptBlock.Ast.ParamBlock.Parameters | Where-Object { "$($_.Name)" -eq '$Stream' }
        [regex]::Match($scaled, 'stream: (\S+)').Groups[1].Value | Should -Be $default.DefaultValue.Value
        $most = [int][regex]::Match($scaled, 'maxReplicaCount: (\d+)').Groups[1].Value
        $rate = [int][regex]::Match($scaled, '-MaxRequestsPerSec\s+- "(\d+)"').Groups[1].Value
        $most * $rate | Should -Be 20
    }

    It 'are valid by the schemas of Kubernetes and KEDA' {
        if (-not (Get-Command node -ErrorAction Ignore) -or -not (Test-Path "$Repository/tests/npm/node_modules/kubernetes-models")) {
            Set-ItResult -Skipped -Because 'Node.js or the packages of tests/npm are not installed here'
            return
        }

        $valid = node "$Repository/tests/npm/manifests.mjs" $manifests.FullName 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$valid"
        $valid | Should -Be 'Job kling', 'Deployment kling', 'TriggerAuthentication kling', 'ScaledObject kling'
        $broken = (Get-Content $manifests[0].FullName -Raw) -replace 'parallelism: 4', 'parallelism: four'
        Set-Content "$TestDrive/broken.yaml" $broken
        "$(node "$Repository/tests/npm/manifests.mjs" "$TestDrive/broken.yaml" 2>&1)" | Should -BeLike '*spec/parallelism must be integer*'
        $LASTEXITCODE | Should -Not -Be 0
    }
}

Describe 'The page' {
    BeforeAll { $page = Get-Content "$Repository/docs/scale-out.md" -Raw }

    It 'names commands, parameters and files that there are' {
        foreach ($block in [regex]::Matches($page, '(?s)```powershell\r?\n(.*?)```')) {
            $problems = $null
            $script = [System.Management.Automation.Language.Parser]::ParseInput($block.Groups[1].Value, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            foreach ($call in $script.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $name = $call.GetCommandName()
                $command = Get-Command $(if ($name -like './*') { "$Repository/$name" } else { $name }) -ErrorAction Stop
                foreach ($parameter in $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    $command.Parameters.Keys | Should -Contain $parameter.ParameterName
                }
            }
        }

        foreach ($link in [regex]::Matches($page, '\]\((?!http)([^)#]+)[^)]*\)')) {
            "$Repository/docs/$($link.Groups[1].Value)" | Should -Exist
        }
    }

    It 'waits and saves for a message of any queue' {
        $made = New-KlingVideo 'A harbour'
        $message = @{ TaskId = $made.TaskId; Kind = "$($made.Kind)" } | ConvertTo-Json
        Clear-Connection
        $message | ConvertFrom-Json | Wait-KlingTask | Save-KlingVideo -Destination "$TestDrive/any" | Should -HaveCount 1
    }
}
