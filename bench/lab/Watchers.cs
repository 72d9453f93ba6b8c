#:property PublishAot=false

// What it costs to be watched: one training of a lab with 50 sockets on it for a minute, and 500 more that the lab turns away.
//   dotnet run bench/lab/Watchers.cs [SECONDS]
// Measures in turns, twice each: the training alone, and watched. Prints the ratio of its speeds, the memory of the server before and after, and what
// the sockets beyond the limit were told. Linux only, for it reads /proc.
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

const int Watchers = 50;
const int Crowd = 500;
double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 60;
string program = Path.Combine(Environment.CurrentDirectory, "gymkhana");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"There is no {program}. Start this in the folder of the repository.");
    return 2;
}

string folder = Directory.CreateTempSubdirectory("gymkhana-watchers-").FullName;
using Process lab = Start(program, folder, "lab", "--port", "0", "--runs", Path.Combine(folder, "runs"));
string? said;
do
{
    said = await lab.StandardOutput.ReadLineAsync();
}
while (said?.Contains("http://", StringComparison.Ordinal) == false);
string origin = said!.Split(' ').First(word => word.StartsWith("http://", StringComparison.Ordinal)).TrimEnd('/');
int server = lab.Id; // the script has become the program
try
{
    using var client = new HttpClient();
    client.DefaultRequestHeaders.Add("Origin", origin);
    using HttpResponseMessage started = await client.PostAsync($"{origin}/api/runs", new StringContent("""{"algorithm":"neat","environment":"Walker-v0","preset":"champion","generations":1000000,"minutes":60}""", System.Text.Encoding.UTF8, "application/json"));
    string name = JsonDocument.Parse(await started.Content.ReadAsStringAsync()).RootElement.GetProperty("name").GetString()!;
    string metrics = Path.Combine(folder, "runs", name, "metrics.jsonl");
    await Task.Delay(TimeSpan.FromSeconds(15)); // until it is compiled

    double alone = 0, watched = 0;
    long before = Memory(server), after = before;
    double serving = 0, reading = 0;
    for (int turn = 0; turn < 2; turn++)
    {
        alone += await StepsAsync(metrics, seconds / 2);
        ClientWebSocket[] sockets = [.. await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => OpenAsync($"/live/runs/{name}")))];
        using var enough = new CancellationTokenSource();
        Task<long>[] readers = [.. sockets.Select(socket => ReadAsync(socket, enough.Token))];
        double served = Processor(server), read = Processor(Environment.ProcessId);
        watched += await StepsAsync(metrics, seconds / 2);
        serving += Processor(server) - served;
        reading += Processor(Environment.ProcessId) - read;
        after = Math.Max(after, Memory(server));
        if (turn == 1) await CrowdAsync(name);
        await enough.CancelAsync();
        Console.WriteLine($"turn {turn + 1}: {(await Task.WhenAll(readers)).Sum()} messages to {Watchers} sockets, {readers.Count(r => r.Result > 0)} of them served to the end");
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"training: {alone / seconds / 1e6:0.00} M agent-steps/s alone, {watched / seconds / 1e6:0.00} M watched by {Watchers}: ratio {watched / alone:0.000}"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor time while watched: server {100 * serving / seconds:0.0} %, the watchers themselves {100 * reading / seconds:0.0} % of one processor"));
    Console.WriteLine($"server: {before >> 20} MB before, at most {after >> 20} MB watched");
    return 0;
}
finally
{
    foreach (string run in Directory.GetDirectories(Path.Combine(folder, "runs")).Where(run => !Path.GetFileName(run).StartsWith('.'))) File.WriteAllBytes(Path.Combine(run, ".stop"), []);
    lab.Kill();
}

async Task CrowdAsync(string name)
{
    ClientWebSocket[] crowd = [.. await Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => OpenAsync($"/live/runs/{name}")))];
    string[] told = await Task.WhenAll(crowd.Select(async socket =>
    {
        ValueWebSocketReceiveResult got = await socket.ReceiveAsync(new byte[1 << 16].AsMemory(), CancellationToken.None);
        return got.MessageType == WebSocketMessageType.Close ? $"closed, {(int)socket.CloseStatus!} {socket.CloseStatusDescription}" : "served";
    }));
    foreach (IGrouping<string, string> group in told.GroupBy(t => t)) Console.WriteLine($"{Crowd} more: {group.Count()} {group.Key}");
    Array.ForEach(crowd, socket => socket.Dispose());
}

async Task<ClientWebSocket> OpenAsync(string path)
{
    var socket = new ClientWebSocket();
    socket.Options.SetRequestHeader("Origin", origin);
    await socket.ConnectAsync(new Uri(origin.Replace("http", "ws", StringComparison.Ordinal) + path), CancellationToken.None);
    return socket;
}

static async Task<long> ReadAsync(ClientWebSocket socket, CancellationToken enough)
{
    long messages = 0;
    byte[] buffer = new byte[1 << 16];
    try
    {
        while (true)
        {
            ValueWebSocketReceiveResult got = await socket.ReceiveAsync(buffer.AsMemory(), enough);
            if (got.MessageType == WebSocketMessageType.Close) return 0;
            messages += got.EndOfMessage ? 1 : 0;
        }
    }
    catch (OperationCanceledException)
    {
        return messages;
    }
}

static async Task<double> StepsAsync(string metrics, double seconds)
{
    (double steps, double wall) = Last(metrics);
    await Task.Delay(TimeSpan.FromSeconds(seconds));
    (double later, double laterWall) = Last(metrics);
    return (later - steps) / (laterWall - wall) * seconds;
}

static (double Steps, double Wall) Last(string metrics)
{
    using var stream = new FileStream(metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
    using var reader = new StreamReader(stream);
    string[] lines = reader.ReadToEnd().Split('\n');
    JsonElement line = JsonDocument.Parse(lines[^2]).RootElement; // what follows the last end of line is not whole
    return (line.GetProperty("totalAgentSteps").GetDouble(), line.GetProperty("wallSeconds").GetDouble());
}

static double Processor(int process)
{
    using Process one = Process.GetProcessById(process);
    return one.TotalProcessorTime.TotalSeconds;
}

static long Memory(int process) =>
    long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;

static Process Start(string program, string folder, params string[] words)
{
    var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true };
    Array.ForEach(words, start.ArgumentList.Add);
    return Process.Start(start) ?? throw new InvalidOperationException("the lab did not start");
}
