# Installs Theater on Windows (x64), brings it up to date, or takes it away. See install.sh: it does the same.
#
#   .\install.ps1 [-Base URL] [-To FOLDER] [-Version X.Y.Z] [-Key KEY] [-NoSignature] [-Uninstall]
#
# The signature is checked with ssh-keygen, which is part of Windows (OpenSSH, since Windows 10 1809).
param(
  [string]$Base = '',
  [string]$To = '',
  [string]$Version = '',
  [string]$Key = '',
  [switch]$NoSignature,
  [switch]$Uninstall
)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Both are written here when a release is made; a parameter or a variable may say something else.
$release_base = ''
$release_key = ''

function Fail([string]$message, [string]$next = '') {
  [Console]::Error.WriteLine("error: $message")
  if ($next -ne '') { [Console]::Error.WriteLine("  $next") }
  exit 1
}

if ($Base -eq '') { $Base = if ($env:THEATER_RELEASES) { $env:THEATER_RELEASES } else { $release_base } }
if ($Key -eq '') { $Key = $release_key }
$Base = $Base.TrimEnd('/')
if ($To -eq '') { $To = Join-Path $env:LOCALAPPDATA 'Programs\theater' }
$program = Join-Path $To 'theater.exe'

if ($Uninstall) {
  if (-not (Test-Path $program)) { Fail "Cannot take away ${program}: it is not there" 'if it is elsewhere, say where with -To' }
  Remove-Item $program
  Write-Output "took away $program"
  Write-Output "  its keys and its cache are in $env:LOCALAPPDATA\theater: remove it if you are sure"
  exit 0
}

if ($Base -eq '') { Fail 'Cannot install: nothing says where the release is' 'say it with -Base URL' }
if (-not $NoSignature -and $Key -eq '') { Fail 'Cannot install: this script has no key of the project' 'say it with -Key KEY' }
if ($NoSignature -and -not $Base.StartsWith('https://')) {
  Fail "Cannot install from $Base without its signature: wanted https"
}
if ([Environment]::Is64BitOperatingSystem -eq $false) { Fail 'Cannot install on this machine: there is a program for x64' }
$name = 'theater-windows-x64.exe.gz'

try { New-Item -ItemType Directory -Force $To | Out-Null }
catch { Fail "Cannot make the folder $To" 'choose another one with -To' }
$work = Join-Path $To ('.theater-install-' + [Guid]::NewGuid())
try { New-Item -ItemType Directory $work | Out-Null }
catch { Fail "Cannot write to $To" 'choose another folder with -To' }

function Download([string]$file) {
  try { Invoke-WebRequest -UseBasicParsing -Uri "$Base/$file" -OutFile (Join-Path $work $file) }
  catch { Fail "Cannot download $Base/${file}: $($_.Exception.Message)" "is this the right address, and is there room in $To?" }
}

# A key of the project as OpenSSH writes it; install.sh says why two characters are enough.
function ConvertTo-SshKey([string]$verifierKey) {
  $base64 = $verifierKey.Substring($verifierKey.IndexOf('+', $verifierKey.IndexOf('+') + 1) + 1)
  $alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef'
  $second = $alphabet[$alphabet.IndexOf($base64[1]) - 16]
  return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI$second$($base64.Substring(2))"
}

try {
  Download 'checksums.txt'
  $bytes = [IO.File]::ReadAllBytes((Join-Path $work 'checksums.txt'))
  $text = [Text.Encoding]::UTF8.GetString($bytes)
  $end = $text.IndexOf("`n`n")
  $body = if ($end -lt 0) { $text } else { $text.Substring(0, $end + 1) }
  if (-not $body.StartsWith("theater release v1`n")) { Fail "Cannot read $Base/checksums.txt: it is not of a release of Theater" }

  if (-not $NoSignature) {
    if (-not (Get-Command ssh-keygen -ErrorAction SilentlyContinue)) {
      Fail 'Cannot check the signature: wanted ssh-keygen, got none' 'add the optional feature "OpenSSH Client"; -NoSignature trusts the server instead'
    }
    Download 'checksums.txt.sig'
    [IO.File]::WriteAllText((Join-Path $work 'body'), $body)
    [IO.File]::WriteAllText((Join-Path $work 'signers'), "theater $(ConvertTo-SshKey $Key)`n")
    # By cmd, as PowerShell changes the ends of lines of what it pipes.
    $verify = 'cd /d "{0}" && ssh-keygen -Y verify -f signers -I theater -n theater-release -s checksums.txt.sig < body >nul 2>&1' -f $work
    cmd /c $verify
    if ($LASTEXITCODE -ne 0) { Fail "Cannot trust $Base/checksums.txt: $Key has not signed it" 'nothing was installed' }
  }

  $lines = $body.Split("`n")
  $offered = $lines[1] -replace '^version ', ''
  if ($Version -ne '' -and $Version -ne $offered) { Fail "Cannot install ${Version}: $Base has $offered" }
  $line = $lines | Where-Object { $_ -match "^[0-9a-f]{64}  $([Regex]::Escape($name))$" } | Select-Object -First 1
  if (-not $line) { Fail "Cannot install: the release has no $name" }
  $wanted = $line.Substring(0, 64)
  Download $name
  $packed = Join-Path $work $name
  $got = (Get-FileHash -Algorithm SHA256 $packed).Hash.ToLowerInvariant()
  if ($got -ne $wanted) { Fail "Cannot trust $Base/${name}: wanted the SHA-256 $wanted, got $got" 'nothing was installed' }

  $unpacked = Join-Path $work 'theater.exe'
  $from = New-Object IO.Compression.GZipStream ([IO.File]::OpenRead($packed)), ([IO.Compression.CompressionMode]::Decompress)
  $into = [IO.File]::Create($unpacked)
  try { $from.CopyTo($into) } finally { $into.Dispose(); $from.Dispose() }
  $said = & $unpacked --version | Select-Object -First 1
  if ($LASTEXITCODE -ne 0) { Fail "Cannot run $name on this machine" 'nothing was installed' }
  Move-Item -Force $unpacked $program
  Write-Output "installed ${program}: $said"
  if (-not (";$env:PATH;".Contains(";$To;"))) {
    Write-Output "  $To is not in PATH; to add it for you, in new windows:"
    Write-Output "  [Environment]::SetEnvironmentVariable('PATH', `"$To;`" + [Environment]::GetEnvironmentVariable('PATH', 'User'), 'User')"
  }
} finally {
  Remove-Item -Recurse -Force $work -ErrorAction SilentlyContinue
}
