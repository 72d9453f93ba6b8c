using System.Collections.Immutable;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// The part of an observation that shows the nearest landmarks and agents only, nearest first (of equally near ones the first), with zeros where there are fewer:
/// <c>[landmarks, relative places] [agents, relative places] [velocities of those agents, zeros for some]</c>.
/// </summary>
internal sealed unsafe class NearestView : ILaneView
{
    private readonly ParticleRows _rows;
    private readonly int _self;
    private readonly ImmutableArray<int> _landmarks;
    private readonly ImmutableArray<int> _others;
    private readonly int _landmarkSlots;
    private readonly int _otherSlots;
    private readonly int _visibleFrom;
    private readonly bool _showsVelocity;
    private readonly int[] _order;
    private readonly double[] _squares;
    private readonly int _first;

    /// <summary>A view.</summary>
    /// <param name="rows">Where numbers lie.</param>
    /// <param name="self">The agent that looks.</param>
    /// <param name="agents">How many agents there are.</param>
    /// <param name="landmarks">How many landmarks there are.</param>
    /// <param name="landmarkSlots">How many landmarks are shown; negative for all in their own order.</param>
    /// <param name="otherSlots">How many agents are shown; negative for all in their own order.</param>
    /// <param name="visibleFrom">The velocities of agents from here on are shown, and zeros for those before.</param>
    /// <param name="showsVelocity">Whether velocities are shown at all, or zeros in their place.</param>
    /// <param name="first">Index of the first number of the view in the observation.</param>
    public NearestView(ParticleRows rows, int self, int agents, int landmarks, int landmarkSlots, int otherSlots, int visibleFrom, bool showsVelocity, int first)
    {
        _rows = rows;
        _self = self;
        _landmarks = [.. Enumerable.Range(agents, landmarks)];
        _others = [.. Enumerable.Range(0, agents).Where(a => a != self)];
        (_landmarkSlots, _otherSlots) = (landmarkSlots, otherSlots);
        (_visibleFrom, _showsVelocity) = (visibleFrom, showsVelocity);
        _order = new int[Math.Max(_landmarks.Length, _others.Length)];
        _squares = new double[_order.Length];
        _first = first;
        Velocities = _otherSlots >= 0 || !_showsVelocity ? Others : _others.Count(a => a >= _visibleFrom);
    }

    /// <summary>Landmarks shown.</summary>
    public int Landmarks => _landmarkSlots < 0 ? _landmarks.Length : _landmarkSlots;

    /// <summary>Agents shown.</summary>
    public int Others => _otherSlots < 0 ? _others.Length : _otherSlots;

    /// <summary>Velocities shown: of each agent shown, or, where all are, of those alone that have visible ones.</summary>
    public int Velocities { get; }

    /// <inheritdoc/>
    public void Write(double* block, int lane, float* destination, int stride)
    {
        double* at = block + lane;
        float* next = destination + (_first * stride);
        next = WritePlaces(at, _landmarks, _landmarkSlots, Landmarks, next, stride);
        next = WritePlaces(at, _others, _otherSlots, Others, next, stride);
        int shown = Math.Min(Others, _others.Length);
        for (int slot = 0, filled = 0; filled < Velocities; slot++)
        {
            int agent = slot < shown ? _otherSlots < 0 ? _others[slot] : _order[slot] : -1;
            bool visible = _showsVelocity && agent >= _visibleFrom;
            if (_otherSlots < 0 && _showsVelocity && !visible)
            {
                continue;
            }

            int row = visible ? _rows.Velocity(agent) : _rows.Zero;
            next[0] = (float)at[row];
            next[stride] = (float)at[visible ? row + ParticleRows.Lanes : row];
            next += 2 * stride;
            filled++;
        }
    }

    // Leaves the order of the entities in _order.
    private float* WritePlaces(double* at, ImmutableArray<int> entities, int slots, int shown, float* next, int stride)
    {
        int self = ParticleRows.Place(_self);
        Sort(at, entities, self, sorted: slots >= 0);
        for (int slot = 0; slot < shown; slot++)
        {
            bool filled = slot < entities.Length;
            int place = filled ? ParticleRows.Place(_order[slot]) : self;
            next[0] = filled ? (float)(at[place] - at[self]) : 0;
            next[stride] = filled ? (float)(at[place + ParticleRows.Lanes] - at[self + ParticleRows.Lanes]) : 0;
            next += 2 * stride;
        }

        return next;
    }

    private void Sort(double* at, ImmutableArray<int> entities, int self, bool sorted)
    {
        for (int i = 0; i < entities.Length; i++)
        {
            int place = ParticleRows.Place(entities[i]);
            double dx = at[place] - at[self], dy = at[place + ParticleRows.Lanes] - at[self + ParticleRows.Lanes];
            double square = (dx * dx) + (dy * dy);
            int slot = i;
            for (; sorted && slot > 0 && square < _squares[slot - 1]; slot--)
            {
                (_squares[slot], _order[slot]) = (_squares[slot - 1], _order[slot - 1]);
            }

            (_squares[slot], _order[slot]) = (square, entities[i]);
        }
    }
}
