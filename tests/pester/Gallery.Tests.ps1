# The page of Export-KlingGallery in a real browser, from its file, without a server.

$node = Get-Command -Name node -CommandType Application -ErrorAction Ignore | Select-Object -First 1
$chromium = Get-Command -Name chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1
$modules = "$PSScriptRoot/../npm/node_modules"
$has = $node -and $chromium -and (Test-Path "$modules/playwright-core") -and (Test-Path "$modules/axe-core")
if (-not $has) {
    Write-Host 'The gallery is not tested in a browser: node, Chromium or the packages of tests/npm are missing.'
}

Describe 'The gallery in Chromium' -Skip:(-not $has) {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Enter-Suite -SandboxTaskSec 0
        $out = "$TestDrive/out #1 %41 ü"
        $hostile = '<img src=x onerror=alert(1)>&amp;"'''
        $first = New-KlingVideo 'A harbour' -Model kling-v1-6 -Name harbour | Wait-KlingTask
        $second = $first | New-KlingExtension -Prompt 'The sun' | Wait-KlingTask
        $odd = New-KlingVideo 'x' -Name "#1? 100% %41 ü $hostile" | Wait-KlingTask
        $light = New-KlingVideo 'A lighthouse' -Model kling-v1 | Wait-KlingTask
        $saved = foreach ($task in $first, $second, $odd, $light) { Save-KlingVideo $task -Destination $out }
        $failed = New-KlingVideo 'A crowd [sandbox:fail]' -Name crowd | Wait-KlingTask -IncludeFailed
        $row = [pscustomobject]@{ TaskId = '7'; Status = 'Failed'; Name = 'row'; Prompt = "prompt $hostile"; StatusMessage = "reason $hostile" }
        $page = @($saved) + $failed + $row | Export-KlingGallery -Path $out -Title "Harbours $hostile" -PassThru
        $chromium = (Get-Command -Name chromium, chromium-browser, google-chrome -CommandType Application -ErrorAction Ignore)[0].Source
        $seen = & node "$PSScriptRoot/../npm/gallery.mjs" check $chromium $page.FullName | ConvertFrom-Json
    }

    AfterAll { Exit-Suite }

    It 'asks for nothing but files' {
        $seen.requests | Should -BeNullOrEmpty
        $seen.network | Should -BeNullOrEmpty
    }

    It 'breaks no rule of its policy, and reports no error' {
        $seen.log | Should -BeNullOrEmpty
    }

    It 'has no violation that axe-core finds, light and dark, narrow and wide' {
        $seen.violations | Should -BeNullOrEmpty
    }

    It 'scrolls in one direction only' {
        $seen.wide | Should -Be 0, 0, 0, 0
    }

    It 'shows a picture of each saved video, whatever the name of its file' {
        $seen.pictures | Should -Be 4
    }

    It 'shows a chain as one strip, then the others' {
        $seen.headings | Should -Be 'harbour 2 parts', 'Part 1', 'Part 2', "#1? 100% %41 ü $hostile", 'A lighthouse', 'crowd', 'row'
    }

    It 'shows a hostile title, name, prompt and reason as the text they are' {
        foreach ($text in "Harbours $hostile", "prompt $hostile", "reason $hostile") {
            $seen.text | Should -BeLike "*$text*"
        }

        $seen.elements | Should -Not -Contain 'img'
    }

    It 'finds, filters and sorts' {
        $seen.found.headings | Should -Be 'A lighthouse'
        $seen.found.count | Should -Be '1 of 6 shown'
        $seen.failed | Should -Be 'crowd', 'row'
        $seen.byTitle[3..6] | Should -Be "#1? 100% %41 ü $hostile", 'A lighthouse', 'crowd', 'row'
    }

    It 'is used by keyboard, and shows where one is' {
        # Tab, right, left, End, up, Home, down.
        $seen.focus | Should -Be 'Part 1', 'Part 2', 'Part 1', 'row', "#1? 100% %41 ü $hostile", 'Part 1', "#1? 100% %41 ü $hostile"
        $seen.outline | Should -Be '3px'
    }

    It 'plays one video at a time' {
        $seen.playing | Should -Be 1
    }

    It 'says of a video whose file is not there that it is missing, with the name of the file' {
        $seen.gone | Should -Be ('"Missing, or not playable here"' + $saved[0].Name)
    }

    It 'is a page of links without scripts' {
        $seen.plain.headings | Should -Be $seen.headings
        $seen.plain.links | Should -Be $saved.Name
    }
}
