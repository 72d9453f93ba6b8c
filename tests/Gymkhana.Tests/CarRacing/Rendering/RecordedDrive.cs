using Gymkhana.Core.Files;
using Gymkhana.Core.Randomness;
using Gymkhana.Environments.CarRacing;

namespace Gymkhana.Tests.CarRacing.Rendering;

/// <summary>A recorded drive with continuous actions, driven again: the dynamics follow it to the bit.</summary>
internal sealed class RecordedDrive
{
    private readonly CarFleet _fleet = new(1, 1);
    private readonly float[] _actions;

    public RecordedDrive(string name)
    {
        using var truth = new CarRecordings(name);
        _actions = truth.Read<float>("action");
        _fleet.Begin(0, new NumpyGenerator(CarRecordings.SeedOf(name)));
        Capture();
    }

    /// <summary>Steps since the reset.</summary>
    public int Step { get; private set; }

    /// <summary>Steps there are.</summary>
    public int Length => _actions.Length / 3;

    /// <summary>How the car stands.</summary>
    public CarSnapshot Car => _fleet.Life(0).Snapshot;

    /// <summary>Drives on to a step.</summary>
    public CarSnapshot To(int step)
    {
        for (; Step < step; Step++)
        {
            ReadOnlySpan<float> action = _actions.AsSpan(3 * Step, 3);
            _fleet.Life(0).Drive(action[0], action[1], action[2]);
            _fleet.Step([0]);
            _fleet.Life(0).Reward(_fleet.Car(0), out _, out _, out _);
        }

        Capture();
        return Car;
    }

    private void Capture() => _fleet.Life(0).Capture(_fleet.Car(0));
}
