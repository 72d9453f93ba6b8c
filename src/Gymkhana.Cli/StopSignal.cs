using System.Runtime.InteropServices;

namespace Gymkhana.Cli;

/// <summary>
/// Ctrl-C and SIGTERM as a wish to stop: the first asks the work to save itself, the second ends the process as usual. In a process that was started to
/// work in the background (<see cref="Background"/>) Ctrl-C and the end of the terminal are meant for others.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>The environment variable that says so, when it is set.</summary>
    public const string Background = "GYMKHANA_BACKGROUND";

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Listens until it is disposed.</summary>
    /// <param name="asked">Called once, on another thread, when the first signal comes.</param>
    public StopSignal(Action asked)
    {
        void Handle(PosixSignalContext context)
        {
            if (!_stop.IsCancellationRequested)
            {
                context.Cancel = true;
                asked();
                _stop.Cancel();
            }
        }

        _registrations = IsBackground
            ? [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)]
            : [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Whether this process works in the background.</summary>
    public static bool IsBackground => Environment.GetEnvironmentVariable(Background) is not null;

    /// <summary>Set when the work shall stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }
}
