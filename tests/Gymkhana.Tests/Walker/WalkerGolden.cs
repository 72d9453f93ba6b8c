using System.Text.Json;

namespace Gymkhana.Tests.Walker;

/// <summary>What the original program did, from golden/walker/walker_golden.json, and the commands it was driven with.</summary>
internal static class WalkerGolden
{
    public const int DriftPhase = 30;

    private static readonly JsonElement Root = Load();

    /// <summary>Each recorded pose: after how many steps, and x, y of the five points.</summary>
    public static IEnumerable<(int Steps, float[] Points)> OpenLoop =>
        Root.GetProperty("open_loop").GetProperty("steps").EnumerateArray()
            .Select(s => (s.GetProperty("after_steps").GetInt32(), Floats(s.GetProperty("pos"))));

    /// <summary>Head after each 60 steps of the drifting gait.</summary>
    public static IEnumerable<float[]> DriftHeads => Root.GetProperty("drift").GetProperty("head").EnumerateArray().Select(Floats);

    /// <summary>Each recorded step of the shipped genome walking to (800, 300).</summary>
    public static IEnumerable<ClosedLoopStep> ClosedLoop =>
        Root.GetProperty("closed_loop_example_1").GetProperty("steps").EnumerateArray().Select(s => new ClosedLoopStep(
            s.GetProperty("step").GetInt32(),
            Floats(s.GetProperty("obs")),
            Floats(s.GetProperty("out")),
            Floats(s.GetProperty("pos")),
            Floats(s.GetProperty("friction"))));

    public static int ClosedLoopReach => Root.GetProperty("closed_loop_example_1").GetProperty("target_reached_at_step").GetInt32();

    /// <summary>The commands of the open loop at step k, as actions: the original's sines in single precision.</summary>
    public static void OpenLoopActions(int k, Span<float> actions)
    {
        for (int foot = 0; foot < 4; foot++)
        {
            actions[foot] = MathF.Sin((0.11f * k) + (1.7f * foot));
        }

        for (int muscle = 0; muscle < 2; muscle++)
        {
            actions[4 + muscle] = MathF.Sin((0.13f * k) + (2.1f * muscle));
        }
    }

    /// <summary>The commands of the drifting gait: the front grips while the muscles push, then the back while they pull.</summary>
    public static void DriftActions(int k, Span<float> actions)
    {
        float sign = k % (2 * DriftPhase) < DriftPhase ? 1 : -1;
        actions[..2].Fill(sign);
        actions[2..4].Fill(-sign);
        actions[4..].Fill(sign);
    }

    private static float[] Floats(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().SelectMany(Floats)]
        : [element.GetSingle()];

    private static JsonElement Load()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "golden", "walker", "walker_golden.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }
}

/// <summary>One recorded step of the closed loop; step 1 is the first. The state is that after the step.</summary>
internal sealed record ClosedLoopStep(int Step, float[] Observation, float[] Output, float[] Points, float[] Friction);
