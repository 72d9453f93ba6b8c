using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Gymkhana.Cli;
using Gymkhana.Cli.Commands;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Runs;
using Gymkhana.Environments.Walker;
using Gymkhana.Evolution.Neat;
using Gymkhana.Lab;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Lab;

/// <summary>A lab that is served at a free port, with an empty folder of runs and a page of one file.</summary>
internal sealed class LabSample : IAsyncDisposable
{
    /// <summary>Genomes in a generation of <see cref="Evolve"/>.</summary>
    public const int Population = 80;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly LabServer _server;

    private LabSample(Func<LabOptions, LabOptions> change)
    {
        Directory.CreateDirectory(Runs);
        Directory.CreateDirectory(_folder["page"]);
        File.WriteAllText(_folder["page/index.html"], "<!DOCTYPE html><title>lab</title>");
        var options = new LabOptions { RunsFolder = Runs, ModelsFolder = _folder["models"], PageFolder = _folder["page"], Port = 0 };
        _server = new LabServer(LabCommand.PartsOf(Rooms.Open()) with { Command = Command }, change(options));
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The folder of the runs.</summary>
    public string Runs => _folder["runs"];

    /// <summary>A path beside the folder of the runs.</summary>
    public string Beside(string name) => _folder[name];

    /// <summary>A client that follows no redirects and keeps no cookies.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>The address of the server, without a path.</summary>
    public string Origin { get; private set; } = string.Empty;

    public static async Task<LabSample> StartAsync(Func<LabOptions, LabOptions>? change = null)
    {
        var sample = new LabSample(change ?? (o => o));
        await sample._server.StartAsync(Stop);
        sample.Origin = new Uri(sample._server.Address).GetLeftPart(UriPartial.Authority);
        sample.Client.BaseAddress = new Uri(sample.Origin);
        return sample;
    }

    /// <summary>Lets walkers evolve for a few generations, here and now.</summary>
    /// <returns>The path of the run.</returns>
    public string Evolve(string name, int generations = 6)
    {
        var algorithm = new NeatAlgorithm();
        var settings = new Dictionary<string, string> { ["generations"] = $"{generations}", ["population"] = $"{Population}", ["lists"] = "4", ["validation-lists"] = "4", ["refine-after"] = "0" };
        EnvironmentRegistration world = WalkerEnvironment.Registration;
        var plan = new TrainingPlan
        {
            Algorithm = algorithm,
            Environment = world,
            AlgorithmSettings = algorithm.Schema.Defaults.With(settings),
            EnvironmentSettings = world.Schema.Defaults.With("progress-reward", "0.05"),
            EvaluationSettings = world.Schema.Defaults.With("episode-seconds", "20"),
            Seed = 3,
            Threads = 1,
            Budget = new TrainingBudget(null, null),
        };
        string path = Path.Combine(Runs, name);
        using TrainingRun run = TrainingRun.Create(plan, path);
        run.Train(new Witness(), Stop);
        return path;
    }

    /// <summary>Asks as the page does: with its origin.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", Origin);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        using HttpResponseMessage response = await Client.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement.Clone() : default);
    }

    /// <summary>Opens a socket as the page does.</summary>
    public async Task<ClientWebSocket> OpenAsync(string path, Action<ClientWebSocketOptions>? change = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", Origin);
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri(Origin.Replace("http", "ws", StringComparison.Ordinal) + path), Stop);
        return socket;
    }

    /// <summary>The next message; its bytes are empty when the server has closed. A lab that says nothing for long fails the test.</summary>
    public static async Task<(WebSocketMessageType Type, byte[] Bytes)> NextAsync(ClientWebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(Patience);
        using var memory = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        while (true)
        {
            ValueWebSocketReceiveResult got;
            try
            {
                got = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            }
            catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
            {
                throw new TimeoutException($"The lab has said nothing for {Patience.TotalSeconds} s.");
            }

            memory.Write(buffer, 0, got.Count);
            if (got.EndOfMessage) return (got.MessageType, memory.ToArray());
        }
    }

    /// <summary>The next text message, as JSON; binary ones are passed over.</summary>
    public static async Task<JsonElement> NextTextAsync(ClientWebSocket socket)
    {
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await NextAsync(socket);
            Assert.NotEqual(WebSocketMessageType.Close, type);
            if (type == WebSocketMessageType.Text) return JsonDocument.Parse(bytes).RootElement.Clone();
        }
    }

    /// <summary>The next frame; texts are passed over.</summary>
    public static async Task<byte[]> NextBinaryAsync(ClientWebSocket socket)
    {
        while (true)
        {
            (WebSocketMessageType type, byte[] bytes) = await NextAsync(socket);
            Assert.NotEqual(WebSocketMessageType.Close, type);
            if (type == WebSocketMessageType.Binary) return bytes;
        }
    }

    /// <summary>The number of a frame, of a scene or a race.</summary>
    public static uint NumberOf(byte[] frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(4));

    public static Task SayAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Stop);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    // The program that lies beside the tests.
    private static ProcessStartInfo Command(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gymkhana.dll"));
        foreach (string word in words) start.ArgumentList.Add(word);
        start.Environment[StopSignal.Background] = "1";
        return start;
    }
}
