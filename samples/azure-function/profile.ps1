# Runs whenever an instance of the function app starts.

# A journal would be lost with the disk of the instance; payments are recorded next to the videos instead.
if (-not $env:KLINGPS_JOURNAL) {
    $env:KLINGPS_JOURNAL = 'off'
}
