using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Walker;

/// <summary>The bodies of all copies, struct of arrays: one row of lanes for each number, lanes across copies.</summary>
internal sealed class WalkerState(int count, int delaySlots)
{
    /// <summary>First row of the points' x (5 rows), units.</summary>
    public const int X = 0;

    /// <summary>First row of the points' y (5 rows), units.</summary>
    public const int Y = X + WalkerBody.Points;

    /// <summary>First row of the points' x one step ago (5 rows).</summary>
    public const int LastX = Y + WalkerBody.Points;

    /// <summary>First row of the points' y one step ago (5 rows).</summary>
    public const int LastY = LastX + WalkerBody.Points;

    /// <summary>First row of the feet's friction (4 rows), 0 to 1.</summary>
    public const int Friction = LastY + WalkerBody.Points;

    /// <summary>First row of the muscles' activation (2 rows), −1 to 1.</summary>
    public const int Activation = Friction + WalkerBody.Feet;

    /// <summary>First row of the links' lengths as last measured (8 rows, the muscles' first), units.</summary>
    public const int Length = Activation + WalkerBody.Muscles;

    /// <summary>First row of the links' rest lengths (8 rows), units: the muscles' follow their activation, the bones' never change.</summary>
    public const int Rest = Length + WalkerBody.Links;

    /// <summary>First row of the points' mobilities, 1/effective mass (5 rows): the feet's follow their friction, the joint's never changes.</summary>
    public const int Mobility = Rest + WalkerBody.Links;

    /// <summary>First row of what the feet keep of their displacement, 1 − felt friction (4 rows).</summary>
    public const int Keep = Mobility + WalkerBody.Points;

    /// <summary>Row of half the strength of the muscles.</summary>
    public const int MuscleHold = Keep + WalkerBody.Feet;

    /// <summary>Row of half the strength of the bones.</summary>
    public const int BoneHold = MuscleHold + 1;

    /// <summary>First row of the muscles' lengths one step ago (2 rows), units.</summary>
    public const int LastLength = BoneHold + 1;

    /// <summary>Row of the changes of grip in the present step.</summary>
    public const int GripChange = LastLength + WalkerBody.Muscles;

    /// <summary>Row of the target's x, units.</summary>
    public const int TargetX = GripChange + 1;

    /// <summary>Row of the target's y, units.</summary>
    public const int TargetY = TargetX + 1;

    /// <summary>Row of the ground's grip factor.</summary>
    public const int Grip = TargetY + 1;

    /// <summary>Row of the factor on muscle strength.</summary>
    public const int Strength = Grip + 1;

    /// <summary>Row of the delay of the body senses, whole steps as a float.</summary>
    public const int Delay = Strength + 1;

    /// <summary>Row of the energy spent in this episode.</summary>
    public const int Energy = Delay + 1;

    /// <summary>Row of the distance from head to target that was last observed, units.</summary>
    public const int SeenDistance = Energy + 1;

    /// <summary>First row of the ring of past body senses: for each slot, four frictions and two muscle readings.</summary>
    public const int Ring = SeenDistance + 1;

    /// <summary>Body senses in one slot of the ring.</summary>
    public const int Senses = WalkerBody.Feet + WalkerBody.Muscles;

    /// <summary>All rows.</summary>
    public Batch<float> Rows { get; } = new(1, Ring + (Senses * delaySlots), count);

    /// <summary>One number of one copy.</summary>
    public ref float this[int row, int copy] => ref Rows[0, row, copy];
}
