using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gymkhana.Environments.Walker.Film;

/// <summary>
/// A race that can be looked at at any moment, forwards and backwards. The walkers are simulated once and remembered step by step; how the
/// stage stood is kept now and then, so that going back has to repeat only what came after. Whatever the way to a moment, it looks the same.
/// </summary>
public sealed class RaceReplay
{
    /// <summary>Steps after the end of a race in which the sand comes to rest, 2 s.</summary>
    public const int ClosingSteps = 120;

    private const int MostMemories = 24;
    private const int LeastJump = 10; // steps ahead from which on going to a memory is cheaper than simulating
    private const int FirstInterval = 300; // steps between two memories of the stage; doubled when there are too many

    private readonly WalkerRace _race;
    private readonly List<RunnerMoment> _tape = [];
    private readonly SortedList<int, RaceStage.Memory> _memories = [];
    private readonly RunnerMoment[] _now;
    private int _interval = FirstInterval;
    private int _end = -1;

    /// <summary>A race before its first step.</summary>
    /// <param name="race">The race, not yet begun; nobody else may step it.</param>
    public RaceReplay(WalkerRace race)
    {
        ArgumentNullException.ThrowIfNull(race);
        _race = race;
        _now = new RunnerMoment[race.Count];
        Record();
        Stage = new RaceStage(race.Rules, Runners);
        _memories.Add(0, Stage.Save());
    }

    /// <summary>The rules.</summary>
    public RaceRules Rules => _race.Rules;

    /// <summary>What is seen now.</summary>
    public RaceStage Stage { get; }

    /// <summary>The step that is shown, from 0.</summary>
    public int Step { get; private set; }

    /// <summary>The last step that the walkers have been simulated to.</summary>
    public int Known => (_tape.Count / _race.Count) - 1;

    /// <summary>Time of the race that is shown, s; it stands still once the race is over.</summary>
    public double Seconds => SecondsAt(Step);

    /// <summary>Time to which the race is known, s.</summary>
    public double KnownSeconds => SecondsAt(Known);

    /// <summary>Whether the race is over in the step that is shown.</summary>
    public bool IsOver => _end >= 0 && Step >= _end;

    /// <summary>Whether there is nothing more to show.</summary>
    public bool IsAtEnd => _end >= 0 && Step >= _end + ClosingSteps;

    /// <summary>How each walker stands.</summary>
    public ReadOnlySpan<RunnerMoment> Runners => At(Step);

    /// <summary>The standings of the step that is shown, best first, by the rules of <see cref="WalkerRace.Ranking"/>.</summary>
    /// <returns>Places on the start list.</returns>
    public int[] Order()
    {
        RunnerMoment[] runners = Runners.ToArray();
        return [.. Enumerable.Range(0, runners.Length).OrderByDescending(w => runners[w].Reached).ThenBy(w => runners[w].Reached > 0 ? runners[w].LastReachStep : long.MaxValue)];
    }

    /// <summary>Goes towards a step, and ends there, at the end, or when the time is up.</summary>
    /// <param name="step">The step.</param>
    /// <param name="patience">Real time after which it stops on the way; one step is always made.</param>
    /// <returns>Whether it has come as far as it can.</returns>
    public bool GoTowards(int step, TimeSpan patience)
    {
        long began = Stopwatch.GetTimestamp();
        int memory = _memories.Keys.Last(key => key <= Math.Max(step, 0));
        if (step < Step || memory > Step + LeastJump)
        {
            Stage.Restore(_memories[memory]);
            Step = memory;
        }

        while (Step < step && !IsAtEnd)
        {
            Advance();
            if (Stopwatch.GetElapsedTime(began) > patience) break;
        }

        return Step >= step || IsAtEnd;
    }

    private double SecondsAt(int step) => (_end >= 0 ? Math.Min(step, _end) : step) / WalkerRace.StepsPerSecond;

    private ReadOnlySpan<RunnerMoment> At(int step) => CollectionsMarshal.AsSpan(_tape).Slice(step * _race.Count, _race.Count);

    private void Advance()
    {
        if (Step == Known)
        {
            _race.Step();
            Record();
        }

        Step++;
        Stage.Advance(Runners);
        if (Step % _interval == 0 && !_memories.ContainsKey(Step)) Remember();
    }

    private void Record()
    {
        _race.Read(_now);
        _tape.AddRange(_now);
        if (_end < 0 && _race.IsOver) _end = Known;
    }

    private void Remember()
    {
        _memories.Add(Step, Stage.Save());
        if (_memories.Count <= MostMemories) return;
        _interval *= 2;
        foreach (int step in _memories.Keys.Where(step => step % _interval != 0).ToArray()) _memories.Remove(step);
    }
}
