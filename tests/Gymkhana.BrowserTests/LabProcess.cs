using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gymkhana.BrowserTests;

/// <summary>The lab as a person starts it: a process of the built program, with a folder of runs of its own.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gymkhana-lab-").FullName;
    private Process? _process;

    public LabProcess()
    {
        Port = FreePort();
        Start();
    }

    public int Port { get; }

    public string Address => $"http://localhost:{Port}/";

    public string Runs => Path.Combine(_folder, "runs");

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = _folder, RedirectStandardOutput = true };
        foreach (string word in new[] { Path.Combine(AppContext.BaseDirectory, "gymkhana.dll"), "lab", "--port", $"{Port}", "--runs", Runs }) start.ArgumentList.Add(word);
        _process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        Assert.True(line.Wait(Patience) && line.Result?.Contains(Address, StringComparison.Ordinal) == true, $"the lab did not say where it is: {line.Result}");
    }

    /// <summary>Ends the server without a chance to say anything; trainings go on.</summary>
    public void Kill()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        foreach (string run in Directory.Exists(Runs) ? Directory.GetDirectories(Runs) : [])
        {
            if (Core.Runs.RunFolder.IsInUse(run)) Core.Runs.RunFolder.RequestStop(run);
        }

        // Files of a training that ends just now cannot be deleted everywhere.
        for (int attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
                return;
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
