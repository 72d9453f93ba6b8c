#:property PublishAot=false

// The table of docs/algorithms/bcq.md: a driver is recorded while it learns, and five ways of learning from its records are compared.
//   dotnet run examples/OfflineTable.cs -- FOLDER [JOBS] [KIND...]
// FOLDER keeps the runs; started again, it goes on where it was stopped. JOBS trainings run side by side, one thread each (default 2).
// KIND: mixed, medium, expert (default: all three).
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

// Of a mixture values can be learned for long; what is all of one kind has less to say.
const int MixedTransitions = 300_000;
const int Transitions = 100_000;
const string Shorter = "--set rounds=4 ";
string[] kinds = ["mixed", "medium", "expert"];
string[] algorithms = ["bc", "filtered-bc", "bcq", "dqn", "cql"];
int[] seeds = [1, 2, 3];

if (args.Length == 0 || (args.Length > 1 && !int.TryParse(args[1], out _)) || args.Skip(2).Except(kinds).Any())
{
    Console.Error.WriteLine("Give a folder, and then, if you like, how many trainings run side by side, and some of mixed, medium, expert.");
    return 2;
}

string folder = Path.GetFullPath(args[0]);
int jobs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
kinds = args.Length > 2 ? args[2..] : kinds;
string program = Path.Combine(Environment.CurrentDirectory, OperatingSystem.IsWindows() ? "gymkhana.cmd" : "gymkhana");
if (!File.Exists(program))
{
    Console.Error.WriteLine($"There is no {program}. Start this in the folder of the repository.");
    return 2;
}

Directory.CreateDirectory(folder);
string driver = Path.Combine(folder, "driver");
if (!Train(driver, $"train ppo CarRacing-v3 --preset discrete --seed 1 --threads {jobs} --out {driver}"))
{
    return 1;
}

foreach (string kind in kinds.Where(k => !File.Exists(Path.Combine(folder, $"{k}.done"))))
{
    string until = kind == "mixed" ? "--until 105 " : string.Empty;
    int transitions = kind == "mixed" ? MixedTransitions : Transitions;
    if (Gymkhana($"dataset collect CarRacing-v3 --policy {driver} --kind {kind} {until}--steps {transitions} --out {Path.Combine(folder, kind)}", $"{kind}.log") != 0)
    {
        return 1;
    }

    File.WriteAllText(Path.Combine(folder, $"{kind}.done"), string.Empty);
}

(string Kind, string Algorithm, int Seed)[] cells = [.. from kind in kinds from seed in seeds from algorithm in algorithms select (kind, algorithm, seed)];
int failed = 0;
Parallel.ForEach(
    System.Collections.Concurrent.Partitioner.Create(cells, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
    new ParallelOptions { MaxDegreeOfParallelism = jobs },
    cell =>
    {
        string run = RunOf(cell.Kind, cell.Algorithm, cell.Seed);
        string words = $"train {cell.Algorithm} CarRacing-v3 --data {Path.Combine(folder, cell.Kind)} --seed {cell.Seed} --threads 1 {(cell.Kind == "mixed" ? string.Empty : Shorter)}--set memory-mb=4096 --out {run}";
        if (!Train(run, words)) Interlocked.Increment(ref failed);
    });

foreach (string kind in kinds)
{
    JsonElement data = Json(Path.Combine(folder, kind, "dataset.json"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n`{kind}`: {data.GetProperty("transitions").GetInt64()} transitions, mean return {data.GetProperty("meanReturn").GetDouble():F0}\n"));
    Console.WriteLine("| learner | updates | minutes | return, 100 test episodes of each seed | all seeds [95 % interval] |\n|---|---|---|---|---|");
    foreach (string algorithm in algorithms)
    {
        Row(algorithm, [.. seeds.Select(seed => Path.Combine(RunOf(kind, algorithm, seed), "run.json")).Where(File.Exists).Select(Json).Where(run => run.GetProperty("results").ValueKind == JsonValueKind.Object)]);
    }
}

return failed == 0 ? 0 : 1;

string RunOf(string kind, string algorithm, int seed) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{kind}-{algorithm}-{seed}"));

// Each run is scored on the same 100 test episodes; the interval takes the seeds' means as independent.
void Row(string algorithm, JsonElement[] runs)
{
    if (runs.Length == 0) return;
    JsonElement[] tests = [.. runs.Select(run => run.GetProperty("results").GetProperty("test"))];
    double[] means = [.. tests.Select(test => test.GetProperty("mean").GetDouble())];
    double[] errors = [.. tests.Select(test => (test.GetProperty("ci95")[1].GetDouble() - test.GetProperty("ci95")[0].GetDouble()) / 3.92)];
    double half = 1.96 * Math.Sqrt(errors.Sum(e => e * e)) / means.Length;
    JsonElement settings = runs[0].GetProperty("algorithmSettings").GetProperty("effective");
    long updates = (long)Number(settings, "rounds") * (long)Number(settings, "updates");
    double minutes = runs.Average(run => run.GetProperty("progress").GetProperty("wallSeconds").GetDouble()) / 60;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| `{algorithm}` | {updates} | {minutes:F0} | {string.Join(", ", means.Select(m => m.ToString("F0", CultureInfo.InvariantCulture)))} | {means.Average():F0} [{means.Average() - half:F0}, {means.Average() + half:F0}] |"));
}

double Number(JsonElement settings, string key) => double.Parse(settings.GetProperty(key).GetString() ?? "0", CultureInfo.InvariantCulture);

// A run that was stopped is resumed, one that is finished left as it is.
bool Train(string run, string words)
{
    string manifest = Path.Combine(run, "run.json");
    JsonElement found = File.Exists(manifest) ? Json(manifest) : default;
    bool scored = found.ValueKind == JsonValueKind.Object && found.GetProperty("results").ValueKind == JsonValueKind.Object;
    return scored || Gymkhana(File.Exists(manifest) ? $"resume {run}" : words, Path.GetFileName(run) + ".log") == 0;
}

int Gymkhana(string words, string log)
{
    Console.WriteLine($"gymkhana {words}");
    using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true }) ?? throw new InvalidOperationException("gymkhana did not start");
    using StreamWriter writer = new(Path.Combine(folder, log), append: true);
    process.ErrorDataReceived += (_, line) => { lock (writer) writer.WriteLine(line.Data); };
    process.BeginErrorReadLine();
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    lock (writer) writer.WriteLine(output);
    if (process.ExitCode != 0) Console.Error.WriteLine($"'gymkhana {words}' ended with exit code {process.ExitCode}; see {Path.Combine(folder, log)}.");
    return process.ExitCode;
}

static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.Clone();
