#requires -Version 7

# A client for the few commands of Redis that the samples use: RESP2 over TCP or TLS, one command at a time.

class RedisError : System.Exception {
    RedisError([string] $message) : base($message) { }
}

class RedisConnection {
    hidden [uri] $Address
    hidden [System.IO.Stream] $Output
    hidden [System.IO.BinaryReader] $Replies

    RedisConnection([uri] $address) {
        $this.Address = $address
        $this.Open()
    }

    [void] Open() {
        $this.Close()
        $port = if ($this.Address.Port -gt 0) { $this.Address.Port } else { 6379 }
        $client = [System.Net.Sockets.TcpClient]::new($this.Address.DnsSafeHost, $port)
        $client.NoDelay = $true
        $this.Output = $client.GetStream()
        $this.Output.ReadTimeout = $this.Output.WriteTimeout = 30000
        if ($this.Address.Scheme -eq 'rediss') {
            $this.Output = [System.Net.Security.SslStream]::new($this.Output)
            $this.Output.AuthenticateAsClient($this.Address.DnsSafeHost)
        }

        $this.Replies = [System.IO.BinaryReader]::new([System.IO.BufferedStream]::new($this.Output))
        $user, $password = $this.Address.UserInfo -split ':', 2 | ForEach-Object { [uri]::UnescapeDataString($_) }
        if ($password) {
            $null = $this.Send(@('AUTH') + @($user | Where-Object { $_ }) + $password)
        }

        if ($this.Address.AbsolutePath.Length -gt 1) {
            $null = $this.Send(@('SELECT', $this.Address.AbsolutePath.Substring(1)))
        }
    }

    [void] Close() {
        if ($this.Output) {
            $this.Output.Dispose()
        }
    }

    # A lost connection is opened again for half a minute, and the command repeated: it may run twice.
    [object] Invoke([string[]] $words) {
        for ($attempt = 1; $true; $attempt++) {
            try {
                if ($attempt -gt 1) {
                    $this.Open()
                }

                return $this.Send($words)
            }
            catch {
                # PowerShell wraps the exception; a Redis that is starting replies LOADING.
                $cause = $_.Exception.GetBaseException()
                $passes = $cause -is [System.IO.IOException] -or $cause -is [System.Net.Sockets.SocketException] -or
                    $cause.Message -like 'LOADING*'
                if (-not $passes -or $attempt -gt 30) {
                    throw
                }

                Write-Verbose "Redis: $($cause.Message) Trying again."
                Start-Sleep -Seconds 1
            }
        }

        return $null
    }

    hidden [object] Send([string[]] $words) {
        $utf8 = [System.Text.Encoding]::UTF8
        $request = [System.Text.StringBuilder]::new("*$($words.Count)`r`n")
        foreach ($word in $words) {
            $null = $request.Append("`$$($utf8.GetByteCount($word))`r`n$word`r`n")
        }

        $bytes = $utf8.GetBytes($request.ToString())
        $this.Output.Write($bytes, 0, $bytes.Length)
        $this.Output.Flush()
        return $this.Read()
    }

    hidden [object] Read() {
        $line = $this.ReadLine()
        $rest = $line.Substring(1)
        switch ($line[0]) {
            '-' { throw [RedisError]::new($rest) }
            ':' { return [long]$rest }
            '$' { if ($rest -eq '-1') { return $null } else { return $this.ReadText([int]$rest) } }
            '*' {
                if ($rest -eq '-1') {
                    return $null
                }

                # An error within an array would leave the rest of it unread; the commands here have none.
                $items = [object[]]::new([int]$rest)
                for ($i = 0; $i -lt $items.Count; $i++) {
                    $items[$i] = $this.Read()
                }

                return $items
            }
        }

        return $rest
    }

    hidden [string] ReadLine() {
        $bytes = [System.Collections.Generic.List[byte]]::new()
        while (($next = $this.Replies.ReadByte()) -ne 13) {
            $bytes.Add($next)
        }

        $null = $this.Replies.ReadByte()
        return [System.Text.Encoding]::UTF8.GetString($bytes.ToArray())
    }

    hidden [string] ReadText([int] $length) {
        $bytes = $this.Replies.ReadBytes($length + 2)
        if ($bytes.Count -lt $length + 2) {
            throw [System.IO.EndOfStreamException]::new('The server closed the connection.')
        }

        return [System.Text.Encoding]::UTF8.GetString($bytes, 0, $length)
    }
}

<#
.SYNOPSIS
    Connects to redis://[user:password@]host[:port][/database], with rediss:// over TLS.
#>
function Connect-Redis([string] $Address) {
    $uri = $null
    # Never in the message: the address holds the password.
    if (-not [uri]::TryCreate($Address, [UriKind]::Absolute, [ref] $uri) -or $uri.Scheme -notin 'redis', 'rediss') {
        throw 'The address of Redis is missing or not valid. Give -Redis or set $env:KLING_REDIS, as in ' +
            'redis://user:password@host:6379, or rediss:// for TLS, with special characters percent-encoded.'
    }

    [RedisConnection]::new($uri)
}

Export-ModuleMember -Function Connect-Redis
