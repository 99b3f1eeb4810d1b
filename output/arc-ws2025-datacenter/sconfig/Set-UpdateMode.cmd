@echo off
rem Sets Windows Update's mode as menu item 5 of SConfig does. For Server Core.
rem Profile arc-ws2025-datacenter, digest 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
rem Made by gpogen 0.1.0. The profile's mode: install-on-schedule
rem SConfig's word for it: Automatic
rem This file records nothing: choose another mode in SConfig's menu 5, or use Set-UpdateMode.ps1, which
rem has -Undo. Nothing else of the profile is set.
rem Exit code: 0 the mode is set, 1 a failure or a difference, 4 refused, nothing changed. Run it elevated.

setlocal
rem The full path, because cmd.exe looks into the current folder first.
set "REG=%SystemRoot%\System32\reg.exe"
set "AU=HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
set "VERSION=HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"

rem An Azure Local host: only solution updates of Azure Local can service it.
for /f "tokens=1-3" %%A in ('%REG% query "%VERSION%" /v EditionID /reg:64 2^>nul') do (
    if /i "%%A %%C"=="EditionID ServerAzureStackHCICor" goto host
)

%REG% add "%AU%" /v NoAutoUpdate /t REG_DWORD /d 0 /f /reg:64 >nul
if errorlevel 1 goto failed
%REG% add "%AU%" /v AUOptions /t REG_DWORD /d 4 /f /reg:64 >nul
if errorlevel 1 goto failed

rem Read back, and apply SConfig's own rule for what it shows.
set "OPTIONS=none"
set "NOAUTO=none"
for /f "tokens=1-3" %%A in ('%REG% query "%AU%" /reg:64') do (
    if /i "%%A %%B"=="AUOptions REG_DWORD" set "OPTIONS=%%C"
    if /i "%%A %%B"=="NoAutoUpdate REG_DWORD" set "NOAUTO=%%C"
)
set "SHOWN=Not configured"
if "%OPTIONS%"=="0x3" set "SHOWN=Download only"
if "%OPTIONS%"=="0x4" set "SHOWN=Automatic"
if "%NOAUTO%"=="0x1" set "SHOWN=Manual"

if not "%OPTIONS%"=="0x4" goto differs
if not "%NOAUTO%"=="0x0" goto differs
echo SConfig shows: %SHOWN%
exit /b 0

:host
echo Refused: This machine is an Azure Local host: only solution updates of Azure Local can service it.
exit /b 4

:failed
echo reg.exe could not write the values. Run this file elevated.
exit /b 1

:differs
echo After writing, AUOptions is %OPTIONS% and NoAutoUpdate is %NOAUTO%, which is not the profile's mode.
exit /b 1
