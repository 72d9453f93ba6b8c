using Gymkhana.Core.Files;

namespace Gymkhana.Tests.CarRacing;

/// <summary>One file of <c>golden/car-racing</c>.</summary>
internal sealed class CarRecordings : IDisposable
{
    private readonly NpzReader _archive;

    public CarRecordings(string name) => _archive = new NpzReader(Path.Combine(Folder, name + ".npz"));

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "golden", "car-racing");

    /// <summary>Names of the recordings that begin so, without their ending.</summary>
    public static IEnumerable<string> Named(string beginning) =>
        Directory.GetFiles(Folder, beginning + "*.npz").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    /// <summary>The seed in a name.</summary>
    public static ulong SeedOf(string name) => ulong.Parse(name[(name.LastIndexOf('s') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    public NpyArray Array(string name) => _archive.Read(name);

    public T[] Read<T>(string name)
        where T : unmanaged => _archive.Read(name).ToArray<T>();

    public void Dispose() => _archive.Dispose();
}
