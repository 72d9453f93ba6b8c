using System.Runtime.InteropServices;

namespace Gymkhana.Cli;

/// <summary>While it lasts, Ctrl-C and the end of the terminal do not end the process.</summary>
internal sealed class Deafness : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true),
    ];

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, r => r.Dispose());
}
