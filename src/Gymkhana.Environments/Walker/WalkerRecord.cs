using System.Collections.Immutable;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Walker;

/// <summary>The inner state as it is recorded: named fields, copied from the lanes after a step.</summary>
internal sealed class WalkerRecord
{
    private readonly Batch<float> _positions;
    private readonly Batch<float> _friction;
    private readonly Batch<float> _activation;
    private readonly Batch<float> _length;
    private readonly Batch<float> _target;
    private readonly Batch<float> _conditions;
    private readonly Batch<int> _targetIndex;

    public WalkerRecord(int count)
    {
        _positions = new Batch<float>(1, 2 * WalkerBody.Points, count);
        _friction = new Batch<float>(1, WalkerBody.Feet, count);
        _activation = new Batch<float>(1, WalkerBody.Muscles, count);
        _length = new Batch<float>(1, WalkerBody.Muscles, count);
        _target = new Batch<float>(1, 2, count);
        _conditions = new Batch<float>(1, 3, count);
        _targetIndex = new Batch<int>(1, 1, count);
        Fields =
        [
            new StateField("positions", [WalkerBody.Points, 2], _positions),
            new StateField("friction", [WalkerBody.Feet], _friction),
            new StateField("muscle_activation", [WalkerBody.Muscles], _activation),
            new StateField("muscle_length", [WalkerBody.Muscles], _length),
            new StateField("target", [2], _target),
            new StateField("target_index", [1], _targetIndex),
            new StateField("conditions", [3], _conditions),
        ];
    }

    /// <summary>Positions [5, 2] in units, friction [4], muscle activation [2] and length [2] in units, target [2] in units, its index, and grip, strength, delay [3].</summary>
    public ImmutableArray<StateField> Fields { get; }

    /// <summary>Copies the present state.</summary>
    public void Capture(WalkerState state, ReadOnlySpan<int> targetIndex)
    {
        for (int point = 0; point < WalkerBody.Points; point++)
        {
            state.Rows.Lane(WalkerState.X + point).CopyTo(_positions.Lane(2 * point));
            state.Rows.Lane(WalkerState.Y + point).CopyTo(_positions.Lane((2 * point) + 1));
        }

        CopyRows(state, WalkerState.Friction, _friction);
        CopyRows(state, WalkerState.Activation, _activation);
        CopyRows(state, WalkerState.Length, _length);
        CopyRows(state, WalkerState.TargetX, _target);
        CopyRows(state, WalkerState.Grip, _conditions);
        targetIndex.CopyTo(_targetIndex.Lane(0));
    }

    private static void CopyRows(WalkerState state, int first, Batch<float> destination)
    {
        for (int row = 0; row < destination.Features; row++)
        {
            state.Rows.Lane(first + row).CopyTo(destination.Lane(row));
        }
    }
}
