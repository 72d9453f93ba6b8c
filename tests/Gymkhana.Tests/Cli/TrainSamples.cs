using Gymkhana.Cli;
using Gymkhana.Learning.Offline;

namespace Gymkhana.Tests.Cli;

/// <summary>A short training for each algorithm of the program, as words of its command line.</summary>
internal static class TrainSamples
{
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["neat"] = "--set population=40 --set lists=4 --set validation-lists=8 --set add-node=0.3 --set start-hidden=2 --set refine-after=3 --set islands=3 --set halving=2 --set patience=2 --set offspring=8",
        ["ppo"] = "--set copies=4 --set steps=32 --set minibatch=64 --set restart-steps=100 --set evaluate-every=3 --set validation-episodes=4 --set normalize-observations=true --set normalize-rewards=true",
        ["ippo"] = "--set copies=4,steps=16,minibatch=32,width=16,restart-steps=40,evaluate-every=3,validation-episodes=4",
        ["reinforce"] = "--set copies=4,steps=16,messages=none,width=16,restart-steps=40,evaluate-every=3,validation-episodes=4",
        ["mappo"] = "--set copies=4,steps=16,minibatch=32,width=16,restart-steps=40,evaluate-every=3,validation-episodes=4",
    };

    /// <summary>Those that learn in any world; learning from datasets is tested with the datasets, and with teams what needs a world of several agents.</summary>
    public static TheoryData<string> Algorithms() => [.. Rooms.Open().Algorithms.Where(a => a is not OfflineAlgorithm && a.Name != "mappo").Select(a => a.Name)];

    public static string[] Train(string algorithm, string environment, int generations, string output, string more = "")
    {
        Assert.True(Settings.TryGetValue(algorithm, out string? settings), $"{algorithm} needs a line of small settings here");
        return $"train {algorithm} {environment} --generations {generations} --out {output} --film 0 --seed 11 {settings} {more}".Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
