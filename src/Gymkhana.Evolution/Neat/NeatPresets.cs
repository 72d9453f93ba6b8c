using Gymkhana.Core.Runs;

namespace Gymkhana.Evolution.Neat;

/// <summary>Named settings, chosen by the measurements in docs/algorithms/neat.md.</summary>
internal static class NeatPresets
{
    public static IReadOnlyList<Preset> For(string environmentId) => environmentId switch
    {
        _ => [],
    };
}
