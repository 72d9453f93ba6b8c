@echo off
rem Starts the command line from any working directory. Builds it first when a source is newer than the binary.
setlocal
set "root=%~dp0"
set "folder=%root%src\Gymkhana.Cli\bin\Release\net10.0"
set "binary=%folder%\gymkhana.dll"

where dotnet >nul 2>nul
if errorlevel 1 (
  echo gymkhana: the .NET SDK 10 is not installed ^(no 'dotnet' on the PATH^). Get it from https://dotnet.microsoft.com/download and run this again. 1>&2
  exit /b 1
)

set "stale=1"
if exist "%binary%" if exist "%folder%\.built" (
  powershell -NoProfile -Command "$built = (Get-Item -Force '%folder%\.built').LastWriteTimeUtc; $newer = Get-ChildItem '%root%src', '%root%global.json', '%root%Directory.Build.props', '%root%Directory.Packages.props' -Recurse -File -Include *.cs, *.csproj, *.props, *.json, *.ts, *.css, *.html, *.svg | Where-Object { $_.FullName -notmatch '[\\/](bin|obj|node_modules|dist)[\\/]' -and $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1; exit [int]($null -ne $newer)"
  if not errorlevel 1 set "stale="
)

if defined stale (
  echo gymkhana: a source is newer than the program; building it ^(Release^), a minute or two 1>&2
  for /f "delims=" %%t in ('powershell -NoProfile -Command "[DateTime]::UtcNow.Ticks"') do set "started=%%t"
  dotnet build "%root%src\Gymkhana.Cli\Gymkhana.Cli.csproj" -c Release --nologo -v quiet -clp:ErrorsOnly 1>&2
  if errorlevel 1 (
    echo gymkhana: the build failed; see the lines above 1>&2
    exit /b 1
  )
  call :stamp
)

dotnet "%binary%" %*
exit /b %errorlevel%

:stamp
powershell -NoProfile -Command "$null = New-Item -Force -ItemType File '%folder%\.built'; (Get-Item -Force '%folder%\.built').LastWriteTimeUtc = [DateTime]::new(%started%, 'Utc')"
exit /b 0
