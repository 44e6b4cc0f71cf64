$canRecord = $IsLinux -and (Get-Command -Name tmux -CommandType Application -ErrorAction Ignore)

# What is recorded is the packed module, whatever KLINGPS_MODULE names.
Describe 'The recording of the table line' -Skip:(-not $canRecord -or $env:KLINGPS_MODULE) {
    BeforeAll {
        $repository = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath
        $kept = Get-Content -LiteralPath "$repository/docs/table.svg" -Raw
        $null = & "$repository/tools/record-terminal.ps1" -Path "$TestDrive/again.svg"
        $again = Get-Content -LiteralPath "$TestDrive/again.svg" -Raw

        # The last screen, apart from ids, times, sizes, the file's owner, where temporary files are, and which of tasks
        # that take the same time is first.
        function Get-Shown([string] $Svg) {
            $shown = ([xml]$Svg).svg.desc.InnerText -replace '(?m)^(-[rwx-]{9}) +\S+ +\S+', '$1 owner' -replace
                'Directory: .*/out', 'Directory: out' -replace '\d+', '0' -replace ' +', ' '
            ($shown -split "`n" | Sort-Object) -join "`n"
        }
    }

    It 'is what the same lines show today' {
        Get-Shown $kept | Should -Be (Get-Shown $again)
        Get-Shown $again | Should -Match '(?s)(?=.*-SkipExisting)(?=.*Directory: out)(?=.*harbour.mp0)(?=.*pays for nothing)(?=.*Succeeded harbour)'
    }

    It 'shows the bar of the wait, and colours' {
        foreach ($svg in $kept, $again) {
            $pieces = ([xml]$svg).svg.g.text
            $pieces | Where-Object '#text' -Like 'Waiting for 3 Kling tasks*processing*' | Should -Not -BeNullOrEmpty
            $pieces | Where-Object '#text' -Like 'processing, 0:0*' | Should -Not -BeNullOrEmpty
            # A busy machine may show a row twice: half written, and whole.
            $fills = @($pieces | Where-Object '#text' -EQ 'Succeeded' | ForEach-Object fill)
            $fills.Count | Should -BeGreaterOrEqual 3
            $fills | Sort-Object -Unique | Should -Be '#3fb950'
        }
    }

    It 'is one small file that fetches nothing and names no folder of a person' {
        (Get-Item -LiteralPath "$repository/docs/table.svg").Length | Should -BeLessThan 100KB
        $kept -replace 'xmlns="[^"]*"' | Should -Not -Match 'https?:|url\(|@import|/home/|/root|/Users/|/work'
    }
}
