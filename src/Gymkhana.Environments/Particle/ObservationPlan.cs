using System.Collections.Immutable;
using Gymkhana.Core.Environments;

namespace Gymkhana.Environments.Particle;

/// <summary>
/// What an agent sees, number by number: each is one row of a block less another (a row of zeros where nothing is taken away), rounded to single
/// precision. Where an agent sees its nearest neighbours only, <see cref="Nearest"/> says which numbers they are.
/// </summary>
internal sealed class ObservationPlan
{
    private readonly int[] _plus;
    private readonly int[] _minus;

    private ObservationPlan(int[] plus, int[] minus, ImmutableArray<ObservationPart> parts, ILaneView? nearest)
    {
        (_plus, _minus) = (plus, minus);
        Parts = parts;
        Nearest = nearest;
    }

    /// <summary>Offset of the row that each number is, in doubles.</summary>
    public ReadOnlySpan<int> Plus => _plus;

    /// <summary>Offset of the row that is taken away from each.</summary>
    public ReadOnlySpan<int> Minus => _minus;

    /// <summary>How the numbers are made up.</summary>
    public ImmutableArray<ObservationPart> Parts { get; }

    /// <summary>The view of the nearest only, which fills its numbers copy by copy; null without.</summary>
    public ILaneView? Nearest { get; }

    /// <summary>Writes what is seen in one copy.</summary>
    /// <param name="block">The copy's block.</param>
    /// <param name="lane">Its place in it.</param>
    /// <param name="destination">Its first feature.</param>
    /// <param name="stride">Distance of features, floats.</param>
    public unsafe void ObserveLane(double* block, int lane, float* destination, int stride)
    {
        for (int feature = 0; feature < _plus.Length; feature++)
        {
            destination[feature * stride] = (float)(block[_plus[feature] + lane] - block[_minus[feature] + lane]);
        }

        Nearest?.Write(block, lane, destination, stride);
    }

    /// <summary>Puts a plan together.</summary>
    /// <param name="rows">Where numbers lie.</param>
    public sealed class Builder(ParticleRows rows)
    {
        private readonly List<int> _plus = [];
        private readonly List<int> _minus = [];
        private readonly ImmutableArray<ObservationPart>.Builder _parts = ImmutableArray.CreateBuilder<ObservationPart>();
        private ILaneView? _nearest;

        /// <summary>Numbers so far.</summary>
        public int Count => _plus.Count;

        /// <summary>Ends a part: the numbers since the last one.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="features">Numbers of an item.</param>
        public Builder End(string name, int features)
        {
            int size = _plus.Count - _parts.Sum(p => p.Size);
            _parts.Add(new ObservationPart(name, size / features, features));
            return this;
        }

        /// <summary>x and y of a pair of rows.</summary>
        public Builder Pair(int row) => Difference(row, rows.Zero, rows.Zero);

        /// <summary>x and y of a place relative to another.</summary>
        public Builder Relative(int place, int origin) => Difference(place, origin, origin + ParticleRows.Lanes);

        /// <summary>A number that never changes: 0 or 1.</summary>
        public Builder Constant(bool one)
        {
            _plus.Add(one ? rows.One : rows.Zero);
            _minus.Add(rows.Zero);
            return this;
        }

        /// <summary>Numbers that the view of the nearest fills.</summary>
        public Builder Fill(ILaneView view, int count)
        {
            _nearest = view;
            for (int i = 0; i < count; i++)
            {
                Constant(one: false);
            }

            return this;
        }

        /// <summary>The plan.</summary>
        public ObservationPlan Build() => new([.. _plus], [.. _minus], _parts.ToImmutable(), _nearest);

        private Builder Difference(int row, int minusX, int minusY)
        {
            _plus.Add(row);
            _plus.Add(row + ParticleRows.Lanes);
            _minus.Add(minusX);
            _minus.Add(minusY);
            return this;
        }
    }
}
