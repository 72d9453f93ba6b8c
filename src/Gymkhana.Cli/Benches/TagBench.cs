using System.Diagnostics;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Cli.Benches;

/// <summary>
/// Steps per second of simple_tag_v3 on one thread, with many copies in which everybody moves at random, observations, rewards and new episodes included: one prey, three
/// hunters and two obstacles, and other sizes and what else a learner may switch on.
/// </summary>
internal sealed class TagBench : IBench
{
    private const int Repetitions = 6;

    // No power of two: the numbers of one copy would all fall into the same few places of the nearest cache.
    private const int Copies = 1008;

    public string Name => "tag";

    public string Summary => "steps/s of simple_tag_v3";

    public IReadOnlyList<BenchResult> Run(double seconds, Action<string> note, CancellationToken stop)
    {
        var talking = new SimpleTagOptions
        {
            Classes = [new HunterClass("A", [HunterView.Self, HunterView.Landmarks], 2), new HunterClass("B", [HunterView.Self, HunterView.Prey], 2)],
            TalkRange = 1,
            MaxCycles = 100,
        };
        Cell[] cells =
        [
            new("tag/1-3-2", new SimpleTagOptions()),
            new("tag/2-6-4", new SimpleTagOptions { Prey = 2, PlainHunters = 6, Obstacles = 4 }),
            new("tag/1-4-2-talking", talking),
            new("tag/1-4-2-talking-prey-random", talking with { PreyScript = TagScript.Random }),
            new("tag/1-4-2-talking-prey-flee", talking with { PreyScript = TagScript.Flee }),
        ];

        // Turn by turn and the best of several, so that other work on the machine counts as little as it can.
        for (int repetition = 1; repetition <= Repetitions; repetition++)
        {
            note($"tag, turn {repetition} of {Repetitions}");
            foreach (Cell cell in cells)
            {
                cell.Best = Math.Max(cell.Best, cell.Measure(seconds / Repetitions, stop));
            }
        }

        return [.. cells.Select(c => new BenchResult(c.Name, 1, c.Best, "environment steps/s"))];
    }

    /// <summary>One number to measure.</summary>
    private sealed class Cell
    {
        private readonly SimpleTagEnvironment _environment;
        private readonly Batch<int>[] _actions;
        private ulong _drawn;

        public Cell(string name, SimpleTagOptions options)
        {
            Name = name;
            _environment = new SimpleTagEnvironment(options, Copies) { KeepsLinks = !options.Classes.IsEmpty, KeepsGlobalState = !options.Classes.IsEmpty };
            _environment.Reset(1);
            _actions = [.. _environment.Groups.Select(g => g.Actions.As<int>())];
        }

        public string Name { get; }

        public double Best { get; set; }

        public double Measure(double seconds, CancellationToken stop) => Copies * StepRate.Measure(seconds, Step, stop);

        private void Step()
        {
            MoveAtRandom();
            _environment.Step();
        }

        // Four moves of sixteen bits each from one word.
        private void MoveAtRandom()
        {
            ulong word = 0;
            int left = 0;
            foreach (Batch<int> actions in _actions)
            {
                for (int agent = 0; agent < actions.Agents; agent++)
                {
                    Span<int> lane = actions.Lane(0, agent);
                    for (int copy = 0; copy < lane.Length; copy++)
                    {
                        if (left == 0)
                        {
                            word = StreamKey.Finalize(_drawn++ * 0x9e3779b97f4a7c15);
                            left = 4;
                        }

                        lane[copy] = (int)(((word & 0xffff) * 5) >> 16);
                        word >>= 16;
                        left--;
                    }
                }
            }
        }
    }
}
