using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gymkhana.Core.Files;

namespace Gymkhana.Core.Runs;

/// <summary>
/// A run: a folder that a person can read. <c>run.json</c> says what it is and how it stands, <c>metrics.jsonl</c> has a line for
/// each iteration, <c>checkpoints/</c> the states to resume from, and <c>champion.*</c> the best policy so far.
/// </summary>
/// <remarks>Everything but the metrics is written to one side and renamed. While a process trains into the folder it holds <c>.lock</c>.</remarks>
public sealed class RunFolder : IDisposable
{
    /// <summary>Name of the file that makes a folder a run.</summary>
    public const string ManifestFileName = "run.json";

    private const string LockFileName = ".lock";
    private const string StopFileName = ".stop";

    // Whoever asks whether a run is in use holds its lock for an instant.
    private const int LockTries = 5;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(30);

    // The file is read by people and programs, never put into a page: "+" stays "+".
    private static readonly RunJson Json = new(new JsonSerializerOptions(RunJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly FileStream? _lock;

    private RunFolder(string path, FileStream? held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Where it is, as it was given.</summary>
    public string Path { get; }

    /// <summary>Whether a folder holds a run.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>True when it has a manifest.</returns>
    public static bool Holds(string path) => File.Exists(System.IO.Path.Combine(path, ManifestFileName));

    /// <summary>Whether a process trains into a folder now.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>True while one does.</returns>
    public static bool IsInUse(string path)
    {
        string file = System.IO.Path.Combine(path, LockFileName);
        try
        {
            using FileStream probe = new(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Asks the process that trains into a folder to finish its iteration, write a checkpoint and end.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="RunException">Nobody trains there, or the folder cannot be written.</exception>
    public static void RequestStop(string path)
    {
        if (!IsInUse(path)) throw new RunException($"Nothing trains into '{path}' now.");
        string file = System.IO.Path.Combine(path, StopFileName);
        RunFiles.Guard(file, "write", () => File.WriteAllBytes(file, []));
    }

    /// <summary>The first free folder <c>root/ALGORITHM-ENVIRONMENT-SEED</c>, with <c>-2</c>, <c>-3</c>, ... where that is taken.</summary>
    /// <param name="root">The folder of runs.</param>
    /// <param name="algorithm">Name of the algorithm.</param>
    /// <param name="environment">Id of the environment.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <returns>Its path.</returns>
    public static string Unused(string root, string algorithm, string environment, ulong seed)
    {
        string first = System.IO.Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"{algorithm}-{environment}-{seed}"));
        string path = first;
        for (int n = 2; Directory.Exists(path) || File.Exists(path); n++)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"{first}-{n}");
        }

        return path;
    }

    /// <summary>Refuses a folder that a new run may not have.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="RunFolderTakenException">It holds a run or other files.</exception>
    public static void DemandFree(string path)
    {
        if (Holds(path))
        {
            throw new RunFolderTakenException($"'{path}' already holds a run; resume it with 'gymkhana resume {path}' or give another --out.");
        }

        if (RunFiles.Guard(path, "read", () => Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(e => System.IO.Path.GetFileName(e) != LockFileName)))
        {
            throw new RunFolderTakenException($"'{path}' is not empty and holds no run; give an empty or new folder with --out.");
        }
    }

    /// <summary>Makes the folder of a new run, for training.</summary>
    /// <param name="path">Where; it may exist if it is empty.</param>
    /// <returns>The folder, locked.</returns>
    /// <exception cref="RunFolderTakenException">It holds a run or other files.</exception>
    /// <exception cref="RunException">It cannot be made, or another process is making it.</exception>
    public static RunFolder Create(string path)
    {
        DemandFree(path);
        RunFiles.Guard(path, "create", () => Directory.CreateDirectory(path));
        FileStream held = Lock(path);
        try
        {
            DemandFree(path);
            return new RunFolder(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run to train on.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The folder, locked.</returns>
    /// <exception cref="RunNotFoundException">There is no run.</exception>
    /// <exception cref="RunException">Another process trains into it, or it cannot be written.</exception>
    public static RunFolder OpenToTrain(string path)
    {
        DemandRun(path);
        FileStream held = Lock(path);
        RemoveLeftOvers(path);
        var folder = new RunFolder(path, held);
        folder.ForgetStopRequest(); // it was meant for whoever trained before
        return folder;
    }

    /// <summary>Opens a run to look at, even while another process trains into it.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The folder, not locked.</returns>
    /// <exception cref="RunNotFoundException">There is no run.</exception>
    public static RunFolder OpenToRead(string path)
    {
        DemandRun(path);
        return new RunFolder(path, held: null);
    }

    /// <summary>Path of a file of the run.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its path.</returns>
    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Reads <c>run.json</c>.</summary>
    /// <returns>What it holds.</returns>
    /// <exception cref="RunException">It is damaged or of a later format.</exception>
    public RunManifest ReadManifest()
    {
        string path = PathOf(ManifestFileName);
        byte[] content = RunFiles.Guard(path, "read", () => File.ReadAllBytes(path));
        RunManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(content, Json.RunManifest);
        }
        catch (JsonException failure)
        {
            throw new RunException($"'{path}' is damaged (line {failure.LineNumber + 1}): it should be what 'gymkhana train' wrote. Restore the file, or train anew with another --out.", failure);
        }

        if (manifest is null || manifest.Format != RunManifest.CurrentFormat)
        {
            throw new RunException($"'{path}' has format {manifest?.Format ?? 0}, this program reads format {RunManifest.CurrentFormat}. Use the version of Gymkhana that wrote it.");
        }

        return manifest;
    }

    /// <summary>Writes <c>run.json</c>.</summary>
    /// <param name="manifest">What it shall hold.</param>
    public void WriteManifest(RunManifest manifest) =>
        Write(ManifestFileName, stream =>
        {
            JsonSerializer.Serialize(stream, manifest, Json.RunManifest);
            stream.WriteByte((byte)'\n');
        });

    /// <summary>Writes a file of the run atomically: it is there whole, or as it was before.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Writes its content.</param>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void Write(string name, Action<Stream> content)
    {
        string path = PathOf(name);
        RunFiles.Guard(path, "write", () => AtomicFile.Write(path, content));
    }

    /// <summary>Gives up the lock.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>Whether somebody has asked for the training to end; see <see cref="RequestStop"/>.</summary>
    internal bool IsStopRequested => File.Exists(PathOf(StopFileName));

    /// <summary>Forgets such a wish, which held for one process.</summary>
    internal void ForgetStopRequest() => RunFiles.Guard(PathOf(StopFileName), "remove", () => File.Delete(PathOf(StopFileName)));

    private static void DemandRun(string path)
    {
        if (!Holds(path))
        {
            string found = Directory.Exists(path) ? $"it has no {ManifestFileName}" : "there is no such folder";
            throw new RunNotFoundException($"'{path}' is no run: {found}. Give the folder that 'gymkhana train' printed, such as runs/demo.");
        }
    }

    // A process that was killed while it wrote a file leaves it half written under a temporary name; nobody else writes now.
    private static void RemoveLeftOvers(string path)
    {
        foreach (string file in Directory.GetFiles(path, ".*.tmp", SearchOption.AllDirectories))
        {
            RunFiles.Guard(file, "remove", () => File.Delete(file));
        }
    }

    // The lock is the open file, which the system closes with the process; the file itself stays and means nothing.
    private static FileStream Lock(string path)
    {
        string file = System.IO.Path.Combine(path, LockFileName);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return RunFiles.Guard(file, "write", () => new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (RunException failure) when (failure.InnerException is IOException && File.Exists(file))
            {
                if (attempt == LockTries) throw new RunException($"Another process is training into '{path}'. Wait for it, stop it, or give another --out.", failure);
            }

            Thread.Sleep(LockPause);
        }
    }
}

/// <summary>A folder that a new run may not have because something is in it.</summary>
/// <param name="message">One line for a person.</param>
public sealed class RunFolderTakenException(string message) : GymkhanaException(message);

/// <summary>A path that is no run.</summary>
/// <param name="message">One line for a person.</param>
public sealed class RunNotFoundException(string message) : GymkhanaException(message);
