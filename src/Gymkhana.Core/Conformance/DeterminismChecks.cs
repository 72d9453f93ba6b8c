using Gymkhana.Core.Environments;

namespace Gymkhana.Core.Conformance;

/// <summary>Whether a copy's episodes depend on its seed and its actions only, and whether stepping allocates.</summary>
internal static class DeterminismChecks
{
    // Places beyond one bundle of 16 lanes, and in the middle of one.
    private const int ManyCopies = 33;
    private const int AllocationPlays = 8;
    private static readonly int[] Places = [20, 32, 5];

    public static void Run(Func<int, IEnvironment> create, int steps, FindingList findings)
    {
        ulong[] seeds = RandomPlay.Seeds(ManyCopies);
        ulong[] three = seeds[..3];
        int[] first = [0, 1, 2];
        var play = new RandomPlay(create(3));
        StepHash[][] reference = Trace(play, three, first, steps, poison: 0x11);
        StepHash[][] again = Trace(new RandomPlay(create(3)), three, first, steps, poison: 0x22);
        bool finalsWritten = CompareFinals(reference, again, findings);
        Compare(reference, again, EnvironmentChecks.Determinism, "a new batch with the same seeds and actions", findings);
        byte poison = (byte)(finalsWritten ? 0x33 : 0x11);
        Compare(reference, Trace(play, three, first, steps, poison), EnvironmentChecks.Determinism, "the same batch after a second Reset", findings);
        MeasureAllocation(play, three, steps, findings);

        ulong[] turned = [three[1], three[2], three[0]];
        Compare(reference, Trace(new RandomPlay(create(3)), turned, [2, 0, 1], steps, poison: 0x11), EnvironmentChecks.Independence, "the copies in another order", findings);
        for (int i = 0; i < 3; i++)
        {
            StepHash[][] alone = Trace(new RandomPlay(create(1)), [three[i]], [0], steps, poison: 0x11);
            Compare([reference[i]], alone, EnvironmentChecks.Independence, "the copy alone", findings);
        }

        // The three seeds stand among thirty others.
        ulong[] many = new ulong[ManyCopies];
        int other = 3;
        for (int i = 0; i < ManyCopies; i++)
        {
            int place = Array.IndexOf(Places, i);
            many[i] = place >= 0 ? three[place] : seeds[other++];
        }

        Compare(reference, Trace(new RandomPlay(create(ManyCopies)), many, Places, steps, poison: 0x11), EnvironmentChecks.Independence, $"the copy as one of {ManyCopies}", findings);
    }

    // What the copies at some places show in every step. Final observations are filled with a poison before each step: an
    // environment that leaves them alone shows it, and two poisons do not agree.
    private static StepHash[][] Trace(RandomPlay play, ulong[] seeds, int[] places, int steps, byte poison)
    {
        StepHash[][] trace = [.. places.Select(_ => new StepHash[steps + 1])];
        play.Reset(seeds);
        for (int step = 0; step <= steps; step++)
        {
            if (step > 0)
            {
                Poison(play.Environment, poison);
                play.Step();
            }

            for (int i = 0; i < places.Length; i++)
            {
                StepHash hash = StepHash.Of(play.Environment, places[i], play.Tracker.Ended[places[i]]);

                // Only the observations of a Reset are promised; the rest may be left over.
                trace[i][step] = step > 0 ? hash : new StepHash(hash.Observations, 0, 0, 0, 0);
            }
        }

        return trace;
    }

    private static void Poison(IEnvironment environment, byte poison)
    {
        foreach (AgentGroup group in environment.Groups)
        {
            switch (group.FinalObservations)
            {
                case Batch<float> floats:
                    floats.Values.Fill(poison * 1e6f);
                    break;
                case Batch<int> integers:
                    integers.Values.Fill(poison << 20);
                    break;
                case Batch<byte> bytes:
                    bytes.Values.Fill(poison);
                    break;
            }
        }
    }

    private static void Compare(StepHash[][] expected, StepHash[][] actual, string check, string what, FindingList findings)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            for (int step = 0; step < expected[i].Length; step++)
            {
                if (expected[i][step].DifferenceFrom(actual[i][step]) is string kind)
                {
                    findings.Add(check, $"{what} shows other {kind} from step {step} on (step 0 is Reset)");
                    return;
                }
            }
        }
    }

    // Where only the final observations differ between two plays that poisoned them differently, the poison shows. They are then
    // taken as equal, so that one fault is not reported as two.
    private static bool CompareFinals(StepHash[][] expected, StepHash[][] actual, FindingList findings)
    {
        bool written = true;
        for (int i = 0; i < expected.Length; i++)
        {
            for (int step = 0; step < expected[i].Length; step++)
            {
                StepHash same = actual[i][step] with { FinalObservations = expected[i][step].FinalObservations };
                if (same == expected[i][step] && same != actual[i][step])
                {
                    if (written)
                    {
                        findings.Add(EnvironmentChecks.Autoreset, $"step {step} ended an episode but did not write all of its FinalObservations");
                    }

                    written = false;
                    actual[i][step] = same;
                }
            }
        }

        return written;
    }

    // Allocation is what every one of several plays of the same steps did: the runtime itself may allocate on this thread when it
    // puts better code in place, in one play or another.
    private static void MeasureAllocation(RandomPlay play, ulong[] seeds, int steps, FindingList findings)
    {
        long least = long.MaxValue;
        for (int turn = 0; turn < AllocationPlays && least > 0; turn++)
        {
            least = Math.Min(least, AllocatedBytes(play, seeds, steps));
        }

        findings.Demand(least == 0, EnvironmentChecks.Allocation, $"Step allocated {least} bytes in {steps} steps of 3 copies after warm-up, expected none");
    }

    // The batch has played these very steps before: everything that is made once has been made.
    private static long AllocatedBytes(RandomPlay play, ulong[] seeds, int steps)
    {
        play.Reset(seeds);
        long bytes = 0;
        for (int step = 0; step < steps; step++)
        {
            play.Act();
            long before = GC.GetAllocatedBytesForCurrentThread();
            play.Environment.Step();
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return bytes;
    }
}
