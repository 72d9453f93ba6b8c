namespace Gymkhana.Environments.Particle;

/// <summary>The part of a hunter's observation that shows place and velocity of the nearest prey, of equally near ones the first: four numbers.</summary>
/// <param name="rows">Where numbers lie.</param>
/// <param name="team">Who there is.</param>
/// <param name="hunter">The hunter that looks.</param>
/// <param name="first">Index of the first number in the observation.</param>
internal sealed unsafe class NearestPreyView(ParticleRows rows, TagTeam team, int hunter, int first) : ILaneView
{
    /// <summary>Numbers of the view.</summary>
    public const int Size = 4;

    /// <inheritdoc/>
    public void Write(double* block, int lane, float* destination, int stride)
    {
        double* at = block + lane;
        int self = ParticleRows.Place(hunter), nearest = team.Hunters;
        double least = double.PositiveInfinity;
        for (int prey = team.Hunters; prey < team.Hunters + team.Prey; prey++)
        {
            int place = ParticleRows.Place(prey);
            double dx = at[place] - at[self], dy = at[place + ParticleRows.Lanes] - at[self + ParticleRows.Lanes];
            double square = (dx * dx) + (dy * dy);
            (least, nearest) = square < least ? (square, prey) : (least, nearest);
        }

        float* next = destination + (first * stride);
        next[0] = (float)at[ParticleRows.Place(nearest)];
        next[stride] = (float)at[ParticleRows.Place(nearest) + ParticleRows.Lanes];
        next[2 * stride] = (float)at[rows.Velocity(nearest)];
        next[3 * stride] = (float)at[rows.Velocity(nearest) + ParticleRows.Lanes];
    }
}
