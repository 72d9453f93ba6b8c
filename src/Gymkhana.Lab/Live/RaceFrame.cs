using System.Buffers.Binary;
using Gymkhana.Core.Scenes;
using Gymkhana.Environments.Walker.Film;

namespace Gymkhana.Lab.Live;

/// <summary>Writes how a race stands as the compact frames of <c>docs/lab.md</c>: the table, what has changed of the sand, and the picture above it.</summary>
internal sealed class RaceFrame
{
    private const byte Version = 2;
    private const int GrainBytes = 12;

    private readonly FrameBuffer _frame = new();
    private bool _tellsAll = true;

    /// <summary>The frame written last.</summary>
    public ReadOnlyMemory<byte> Bytes => _frame.Bytes;

    /// <summary>Lets the next frame tell of all grains.</summary>
    public void TellAll() => _tellsAll = true;

    /// <summary>Writes a frame.</summary>
    /// <param name="number">Its number, from 1.</param>
    /// <param name="race">The race.</param>
    /// <param name="isDriven">Whether somebody drives one of the walkers.</param>
    /// <param name="changes">What has changed of its sand.</param>
    /// <param name="scene">What stands on the sand.</param>
    public void Write(uint number, RaceReplay race, bool isDriven, SandChanges changes, Scene scene)
    {
        ReadOnlySpan<ShownGrain> grains = _tellsAll ? changes.All() : changes.Next();
        _frame.Clear();
        _frame.Byte(Version);
        _frame.Byte((_tellsAll ? 1 : 0) | (race.IsOver ? 2 : 0) | (isDriven ? 4 : 0));
        _tellsAll = false;
        _frame.Short(race.Runners.Length);
        _frame.Whole(number);
        _frame.Double(race.Seconds);
        _frame.Double(race.KnownSeconds);
        WriteTable(race);
        _frame.Whole((uint)grains.Length);
        foreach (ref readonly ShownGrain grain in grains)
        {
            Span<byte> room = _frame.Room(GrainBytes);
            BinaryPrimitives.WriteInt32LittleEndian(room, grain.Grain);
            BinaryPrimitives.WriteUInt16LittleEndian(room[4..], grain.X);
            BinaryPrimitives.WriteUInt16LittleEndian(room[6..], grain.Y);
            BinaryPrimitives.WriteUInt32LittleEndian(room[8..], grain.Look);
        }

        SceneFrame.Write(_frame, new FrameHead(number, 1, (uint)race.Step, race.Seconds, 0), [], scene, []);
    }

    private void WriteTable(RaceReplay race)
    {
        int[] order = race.Order();
        ReadOnlySpan<RunnerMoment> runners = race.Runners;
        int leader = RunnerMoment.LeaderOf(runners);
        for (int walker = 0; walker < runners.Length; walker++)
        {
            RunnerMoment runner = runners[walker];
            _frame.Whole((uint)runner.Reached);
            _frame.Whole((uint)Array.IndexOf(order, walker) + 1);
            _frame.Real(runner.Reached > 0 ? (float)runner.SecondsAtLastTarget : float.NaN);
            _frame.Real(runner.Pose.Points[4].X);
            _frame.Real(runner.Pose.Points[4].Y);
            _frame.Whole((race.Rules.AreAll(runner.Reached) ? 1u : 0) | (walker == leader ? 2u : 0));
        }
    }
}
