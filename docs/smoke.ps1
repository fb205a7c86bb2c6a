<#
.SYNOPSIS
Walks the whole life of a container on a real Windows host and prints what failed.

.DESCRIPTION
Starts garden-server.jar with --host hcs on a port and a data directory of its own, creates a container from an image, runs
processes, moves files, maps a port, measures, kills and restarts the daemon, destroys the container, and looks for what was
left behind. Run it elevated. It has been written without a Windows machine at hand: if a step cannot even be tried, that is
worth a report, too. Exit code 0 when every step passed.

.EXAMPLE
.\smoke.ps1 -Jar C:\garden\garden-server.jar -InitBin C:\garden\garden-init.exe -RootFs oci:///C:/images/servercore
#>
param(
    [Parameter(Mandatory = $true)] [string] $Jar,
    [Parameter(Mandatory = $true)] [string] $InitBin,
    [Parameter(Mandatory = $true)] [string] $RootFs,
    [string] $Java = 'java',
    [int] $Port = 17777,
    [string] $DataDir = "C:\garden-smoke-$PID"
)

$ErrorActionPreference = 'Stop'
$handle = "smoke-$PID"
$log = Join-Path $env:TEMP "garden-smoke-$PID.log"
$script:failed = @()
$script:daemon = $null

function Step([string] $name, [scriptblock] $body) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    try {
        & $body
        Write-Host ('ok      {0,6} ms  {1}' -f $watch.ElapsedMilliseconds, $name)
    } catch {
        Write-Host ('FAILED  {0,6} ms  {1}: {2}' -f $watch.ElapsedMilliseconds, $name, $_)
        $script:failed += $name
    }
}

function Assert([bool] $condition, [string] $message) {
    if (-not $condition) { throw $message }
}

function Invoke-Garden([string] $method, [string] $path, $body, [string] $inFile) {
    $arguments = @{ Method = $method; Uri = "http://127.0.0.1:$Port$path"; UseBasicParsing = $true; TimeoutSec = 180 }
    if ($inFile) { $arguments.InFile = $inFile }
    elseif ($null -ne $body) { $arguments.Body = (ConvertTo-Json $body -Depth 8 -Compress); $arguments.ContentType = 'application/json' }
    $answer = Invoke-WebRequest @arguments
    return $answer.Content
}

function Open-Request([string] $line, [string] $body) {
    $client = New-Object Net.Sockets.TcpClient('127.0.0.1', $Port)
    $client.ReceiveTimeout = 120000
    $stream = $client.GetStream()
    $bytes = [Text.Encoding]::UTF8.GetBytes($body)
    $head = "$line HTTP/1.1`r`nHost: smoke`r`nContent-Type: application/json`r`nContent-Length: $($bytes.Length)`r`n`r`n"
    $headBytes = [Text.Encoding]::ASCII.GetBytes($head)
    $stream.Write($headBytes, 0, $headBytes.Length)
    $stream.Write($bytes, 0, $bytes.Length)
    # the head, and nothing behind it
    $text = ''
    while (-not $text.EndsWith("`r`n`r`n")) {
        $next = $stream.ReadByte()
        Assert ($next -ge 0) "connection closed after: $text"
        $text += [char] $next
    }
    return @{ Client = $client; Stream = $stream; Status = [int] $text.Split(' ')[1] }
}

function Read-Message($connection) {
    # messages are JSON objects of one level, each ends with its brace
    $bytes = New-Object Collections.Generic.List[byte]
    while ($true) {
        $next = $connection.Stream.ReadByte()
        Assert ($next -ge 0) 'the control stream ended'
        $bytes.Add([byte] $next)
        if ($next -eq [byte][char]'}') { return ConvertFrom-Json ([Text.Encoding]::UTF8.GetString($bytes.ToArray())) }
    }
}

function Invoke-Process([hashtable] $spec) {
    $control = Open-Request "POST /containers/$handle/processes" (ConvertTo-Json $spec -Depth 8 -Compress)
    if ($control.Status -ge 300) {
        $reader = New-Object IO.StreamReader($control.Stream)
        throw "status $($control.Status): $($reader.ReadLine())"
    }
    $first = Read-Message $control
    $out = Open-Request "GET /containers/$handle/processes/$($first.process_id)/attaches/$($first.stream_id)/stdout" ''
    $text = (New-Object IO.StreamReader($out.Stream, [Text.Encoding]::UTF8)).ReadToEnd()
    do { $message = Read-Message $control } while ($null -eq $message.exit_status -and $null -eq $message.error)
    $control.Client.Close()
    $out.Client.Close()
    if ($message.error) { throw $message.error }
    return @{ ExitStatus = $message.exit_status; Output = $text }
}

function Start-Daemon {
    $arguments = @('-jar', $Jar, 'server', '--host', 'hcs', '--bind-port', $Port, '--data-dir', $DataDir, '--init-bin', $InitBin)
    $script:daemon = Start-Process $Java -ArgumentList $arguments -PassThru -NoNewWindow -RedirectStandardOutput "$log.$(Get-Random).out" -RedirectStandardError "$log.$(Get-Random).err"
    $deadline = (Get-Date).AddSeconds(60)
    while ($true) {
        try { Invoke-Garden GET '/ping' | Out-Null; return } catch { }
        Assert (-not $script:daemon.HasExited) "the daemon ended; see $log.*"
        Assert ((Get-Date) -lt $deadline) "no answer within 60 s; see $log.*"
        Start-Sleep -Milliseconds 250
    }
}

Step 'Windows Server 2019 or newer' { Assert ([Environment]::OSVersion.Version.Build -ge 17763) "build $([Environment]::OSVersion.Version.Build)" }
Step 'elevated' {
    $me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
    Assert $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator) 'not an administrator'
}
Step 'vmcompute.dll' { Assert (Test-Path "$env:SystemRoot\System32\vmcompute.dll") 'not there: install the feature Containers' }
Step 'services vmcompute and hns' { Get-Service -Name @('vmcompute', 'hns') | Out-Null }
Step 'FSRM (without it disk limits are weaker)' { Assert ((Get-Service SrmSvc -ErrorAction SilentlyContinue) -ne $null) 'install FS-Resource-Manager' }
Step 'Java 17 or newer, 64 bits' {
    $version = (& $Java -XshowSettings:properties -version 2>&1 | Out-String)
    Assert ($version -match 'sun.arch.data.model = 64') 'not 64 bits'
    Assert ($version -match 'java.specification.version = (\d+)' -and [int] $Matches[1] -ge 17) 'older than 17'
}

try {
    Step 'start the daemon' { Start-Daemon }
    Step 'capacity' { Invoke-Garden GET '/capacity' | Out-Null }
    Step 'create a container with limits' {
        Invoke-Garden POST '/containers' @{ handle = $handle; rootfs = $RootFs; env = @('FROM_CONTAINER=yes'); properties = @{ 'network.ports' = '8080' }; limits = @{
                memory_limits = @{ limit_in_bytes = 512MB }; disk_limits = @{ byte_hard = 2GB; scope = 1 } } } | Out-Null
    }
    Step 'info' { Assert ((Invoke-Garden GET "/containers/$handle/info") -match '"State":"active"') 'not active' }
    Step 'run: output and exit code' {
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'echo hello & exit 7') }
        Assert ($end.Output -match 'hello') "output: $($end.Output)"
        Assert ($end.ExitStatus -eq 7) "exit status: $($end.ExitStatus)"
    }
    Step 'run: environment' {
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'echo %FROM_CONTAINER% %FROM_PROCESS%'); env = @('FROM_PROCESS=too') }
        Assert ($end.Output -match 'yes too') "output: $($end.Output)"
    }
    Step 'run: as ContainerUser' {
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'whoami'); user = 'ContainerUser' }
        Assert ($end.Output -match 'containeruser') "output: $($end.Output)"
    }
    Step 'run: working directory' {
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'cd'); dir = 'C:\Windows' }
        Assert ($end.Output -match 'C:\\Windows') "output: $($end.Output)"
    }
    Step 'run: unknown user is refused' {
        $refused = $false
        try { Invoke-Process @{ path = 'cmd.exe'; user = 'nobody-here' } | Out-Null } catch { $refused = $true }
        Assert $refused 'it was accepted'
    }
    Step 'run: missing program is refused' {
        $text = ''
        try { Invoke-Process @{ path = 'C:\nope.exe' } | Out-Null } catch { $text = "$_" }
        Assert ($text -match 'ExecutableNotFound') "answer: $text"
    }
    Step 'run: ten megabytes of output' {
        $command = '[Console]::Out.Write(''x'' * 10485760)'
        $end = Invoke-Process @{ path = 'powershell.exe'; args = @('-Command', $command) }
        Assert ($end.Output.Trim().Length -eq 10485760) "length: $($end.Output.Length)"
    }
    Step 'files in and out' {
        $work = New-Item -ItemType Directory (Join-Path $env:TEMP "garden-smoke-files-$PID")
        Set-Content (Join-Path $work 'in.txt') 'from outside' -NoNewline
        & tar.exe -C $work -cf "$work.tar" in.txt
        Invoke-Garden PUT "/containers/$handle/files?user=ContainerAdministrator&destination=C%3A%5Cdata" $null "$work.tar" | Out-Null
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'type C:\data\in.txt') }
        Assert ($end.Output -match 'from outside') "output: $($end.Output)"
        Invoke-WebRequest -UseBasicParsing "http://127.0.0.1:$Port/containers/$handle/files?source=C%3A%5Cdata%5Cin.txt" -OutFile "$work.out.tar"
        Assert ((& tar.exe -tf "$work.out.tar" | Out-String) -match 'in.txt') 'in.txt is not in the archive'
        Remove-Item -Recurse "$work*"
    }
    Step 'map a port' {
        $given = ConvertFrom-Json (Invoke-Garden POST "/containers/$handle/net/in" @{ host_port = 0; container_port = 8080 })
        Assert ($given.host_port -gt 0) "host port: $($given.host_port)"
        $mapped = Get-HnsEndpoint -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq $handle } | ConvertTo-Json -Depth 8
        if ($mapped) { Assert ($mapped -match "$($given.host_port)") 'the endpoint does not have the mapping' }
    }
    Step 'a mapped port answers' {
        $script:info = ConvertFrom-Json (Invoke-Garden GET "/containers/$handle/info")
        $listen = '$l = [Net.Sockets.TcpListener]8080; $l.Start(); $c = $l.AcceptTcpClient(); $s = $c.GetStream(); $s.WriteByte(7); $c.Close()'
        $listening = Open-Request "POST /containers/$handle/processes" (ConvertTo-Json @{ path = 'powershell.exe'; args = @('-Command', $listen) } -Compress)
        $hostPort = $info.MappedPorts[0].HostPort
        $answer = -1
        for ($try = 0; $try -lt 60 -and $answer -lt 0; $try++) {
            try {
                $client = New-Object Net.Sockets.TcpClient($info.ExternalIP, $hostPort)
                $answer = $client.GetStream().ReadByte()
                $client.Close()
            } catch { Start-Sleep -Milliseconds 500 }
        }
        $listening.Client.Close()
        Assert ($answer -eq 7) "nothing came from $($info.ExternalIP):$hostPort"
    }
    Step 'the URL of the property network.ports is reserved' {
        $end = Invoke-Process @{ path = 'netsh.exe'; args = @('http', 'show', 'urlacl', 'url=http://*:8080/') }
        Assert ($end.Output -match 'http://\*:8080/') "output: $($end.Output)"
    }
    Step 'MTU and DNS servers are those of the network' {
        $end = Invoke-Process @{ path = 'powershell.exe'; args = @('-Command', '(Get-NetIPInterface -AddressFamily IPv4 | Where-Object { $_.InterfaceAlias -like ''vEthernet*'' }).NlMtu; (Get-DnsClientServerAddress -AddressFamily IPv4).ServerAddresses') }
        $mtu = (Get-NetIPInterface -AddressFamily IPv4 -InterfaceAlias 'vEthernet (winc-nat)').NlMtu
        Assert ($end.Output -match "\b$mtu\b") "expected $mtu, output: $($end.Output)"
        Assert ($end.Output -match '172\.30\.0\.1') "output: $($end.Output)"
    }
    Step 'what no rule allows is refused' {
        $connect = 'try { (New-Object Net.Sockets.TcpClient(''8.8.4.4'', 53)).Close(); exit 0 } catch { exit 9 }'
        $end = Invoke-Process @{ path = 'powershell.exe'; args = @('-Command', $connect) }
        Assert ($end.ExitStatus -eq 9) 'a connection without a rule for it was made'
    }
    Step 'another container does not reach this one' {
        $first = $handle
        $other = "$first-other"
        Invoke-Garden POST '/containers' @{ handle = $other; rootfs = $RootFs } | Out-Null
        try {
            $handle = $other
            $connect = "try { (New-Object Net.Sockets.TcpClient('$($info.ContainerIP)', 8080)).Close(); exit 0 } catch { exit 9 }"
            $end = Invoke-Process @{ path = 'powershell.exe'; args = @('-Command', $connect) }
            Assert ($end.ExitStatus -eq 9) 'the connection was made'
        } finally { Invoke-Garden DELETE "/containers/$other" | Out-Null }
    }
    Step 'no rule is there twice' {
        $endpoint = Get-HnsEndpoint | Where-Object { $_.Name -eq $handle }
        $texts = @($endpoint.Policies | ForEach-Object { ConvertTo-Json $_ -Depth 8 -Compress })
        Assert ($texts.Count -eq @($texts | Sort-Object -Unique).Count) "policies: $texts"
    }
    Step 'allow a network' {
        Invoke-Garden POST "/containers/$handle/net/out" @{ protocol = 1; networks = @(@{ start = '8.8.8.8'; end = '8.8.8.8' }); ports = @(@{ start = 53; end = 53 }) } | Out-Null
    }
    Step 'metrics' {
        $metrics = ConvertFrom-Json (Invoke-Garden GET "/containers/$handle/metrics")
        Assert ($metrics.MemoryStat.TotalUsageTowardLimit -gt 0) 'no memory in use'
        Assert ($metrics.CPUStat.Usage -gt 0) 'no processor time'
    }
    Step 'memory limit holds' {
        $command = 'try { $all = @(); 1..2000 | ForEach-Object { $all += ,(New-Object byte[] 1MB) }; exit 0 } catch { exit 9 }'
        $end = Invoke-Process @{ path = 'powershell.exe'; args = @('-Command', $command) }
        Assert ($end.ExitStatus -ne 0) 'two gigabytes were given'
    }
    Step 'disk limit holds' {
        $end = Invoke-Process @{ path = 'fsutil.exe'; args = @('file', 'createnew', 'C:\big.bin', '3221225472') }
        Assert ($end.ExitStatus -ne 0) 'three gigabytes were given'
    }
    Step 'kill the daemon; it finds the container again' {
        Stop-Process -Id $script:daemon.Id -Force
        $script:daemon.WaitForExit()
        Start-Daemon
        $end = Invoke-Process @{ path = 'cmd.exe'; args = @('/c', 'echo again') }
        Assert ($end.Output -match 'again') "output: $($end.Output)"
    }
    Step 'destroy' { Invoke-Garden DELETE "/containers/$handle" | Out-Null }
    Step 'nothing is left' {
        Assert ((Invoke-Garden GET '/containers') -notmatch $handle) 'still listed'
        $left = Get-ChildItem -Recurse -Depth 3 -ErrorAction SilentlyContinue $DataDir | Where-Object { $_.Name -eq $handle }
        Assert (-not $left) "left: $left"
        $mounts = Get-ChildItem 'C:\proc' -ErrorAction SilentlyContinue
        Assert (-not $mounts) "mount points left: $mounts"
        $endpoints = Get-HnsEndpoint -ErrorAction SilentlyContinue | Where-Object { $_.Name -like "$handle*" }
        Assert (-not $endpoints) "endpoints left: $($endpoints.Name)"
        $adapters = Get-NetAdapter -IncludeHidden | Where-Object { $_.Name -like "vEthernet ($handle*" }
        Assert (-not $adapters) "adapters left: $($adapters.Name)"
        $ports = Get-Content -Raw (Join-Path $DataDir 'network\port-state.json')
        Assert ($ports.Trim() -eq '{"acquired_ports":{}}') "ports left: $ports"
    }
} finally {
    try { Invoke-Garden DELETE "/containers/$handle" | Out-Null } catch { }
    if ($script:daemon -and -not $script:daemon.HasExited) { Stop-Process -Id $script:daemon.Id -Force }
}

if ($script:failed.Count) {
    Write-Host ''
    Write-Host "$($script:failed.Count) failed: $($script:failed -join '; ')"
    Write-Host "the daemon's output: $log.*"
    exit 1
}
Write-Host 'all passed'
