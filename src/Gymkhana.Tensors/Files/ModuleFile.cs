using Gymkhana.Core;
using Gymkhana.Core.Files;
using Gymkhana.Tensors.Layers;

namespace Gymkhana.Tensors.Files;

/// <summary>Keeps the parameters of a module in a safetensors file, under the names that PyTorch gives them.</summary>
public static class ModuleFile
{
    private const int MostNamed = 8;

    // What batch norms of PyTorch count beside their running figures and use for nothing here; PyTorch does without it when it reads a file.
    private const string BatchCounter = ".num_batches_tracked";

    /// <summary>Writes a module's parameters, whole or not at all.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="metadata">Texts about it.</param>
    /// <exception cref="FileWriteException">It cannot be written.</exception>
    public static void Save(Module module, string path, IReadOnlyDictionary<string, string> metadata) => Content(module, metadata).Write(path);

    /// <summary>Writes a module's parameters to a stream.</summary>
    /// <param name="module">The module.</param>
    /// <param name="stream">The stream; not closed.</param>
    /// <param name="metadata">Texts about it.</param>
    public static void Save(Module module, Stream stream, IReadOnlyDictionary<string, string> metadata) => Content(module, metadata).Write(stream);

    /// <summary>Reads a module's parameters. All of them are there, in the right shape, or nothing is changed.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <returns>The file's texts.</returns>
    /// <exception cref="DamagedFileException">It is damaged, or of a refused kind.</exception>
    /// <exception cref="FileReadException">It cannot be opened or read.</exception>
    /// <exception cref="GymkhanaException">It does not fit the module; each name that is missing, unexpected, of another shape or not finite is told.</exception>
    public static IReadOnlyDictionary<string, string> Load(Module module, string path)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        Fill(module, file, path);
        return file.Metadata;
    }

    /// <summary>Gives a module the parameters of a file. All of them are there, in the right shape, or nothing is changed.</summary>
    /// <param name="module">The module.</param>
    /// <param name="file">The file's content.</param>
    /// <param name="origin">What to call it in messages.</param>
    /// <exception cref="GymkhanaException">It does not fit the module; each name that is missing, unexpected, of another shape or not finite is told.</exception>
    public static void Fill(Module module, SafetensorsFile file, string origin)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        List<string> missing = [], shapes = [], notFinite = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (NamedParameter parameter in module.Parameters)
        {
            known.Add(parameter.Name);
            NamedValues? array = file.Find(parameter.Name);
            if (array is null)
            {
                missing.Add($"'{parameter.Name}'");
            }
            else if (array.Shape != parameter.Parameter.Shape)
            {
                shapes.Add($"'{parameter.Name}' is {array.Shape} instead of {parameter.Parameter.Shape}");
            }
            else if (!AllFinite(array.Values.Span))
            {
                notFinite.Add($"'{parameter.Name}'");
            }
        }

        List<string> unexpected = [.. file.Arrays.Where(a => !known.Contains(a.Name) && !a.Name.EndsWith(BatchCounter, StringComparison.Ordinal)).Select(a => $"'{a.Name}'")];
        string problems = string.Join("; ", new[] { List("missing: ", missing), List("unexpected: ", unexpected), List("shape: ", shapes), List("not finite: ", notFinite) }.Where(p => p.Length > 0));
        if (problems.Length > 0)
        {
            throw new GymkhanaException($"{origin} does not fit this network ({problems}). Build the network with the sizes it was saved with, or choose another file.");
        }

        foreach (NamedParameter parameter in module.Parameters)
        {
            file.Find(parameter.Name)!.Values.Span.CopyTo(parameter.Parameter.Values); // found above
        }
    }

    private static SafetensorsFile Content(Module module, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new SafetensorsFile([.. module.Parameters.Select(p => new NamedValues(p.Name, p.Parameter.Shape, p.Parameter.Values.ToArray()))], metadata);
    }

    private static string List(string title, List<string> items) => items.Count switch
    {
        0 => string.Empty,
        <= MostNamed => title + string.Join(", ", items),
        _ => $"{title}{string.Join(", ", items.Take(MostNamed))} and {items.Count - MostNamed} more",
    };

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
