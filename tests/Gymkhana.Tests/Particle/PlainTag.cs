namespace Gymkhana.Tests.Particle;

/// <summary>One game of simple_tag as the specification has it, number by number: the reference of the lane-wise world.</summary>
internal sealed class PlainTag(int hunters, int prey, int obstacles)
{
    public int Hunters => hunters;

    public int Agents { get; } = hunters + prey;

    public (double X, double Y)[] Places { get; } = new (double, double)[hunters + prey + obstacles];

    public (double X, double Y)[] Velocities { get; } = new (double, double)[hunters + prey];

    public double[] Rewards { get; } = new double[hunters + prey];

    public int Touches { get; private set; }

    public static double RadiusOf(int entity, int hunters, int agents) => entity < hunters ? 0.075 : entity < agents ? 0.05 : 0.2;

    public void Step(ReadOnlySpan<int> moves)
    {
        var forces = new (double X, double Y)[Agents];
        for (int i = 0; i < Agents; i++)
        {
            double acceleration = i < hunters ? 3 : 4;
            forces[i] = moves[i] switch { 1 => (-acceleration, 0), 2 => (acceleration, 0), 3 => (0, -acceleration), 4 => (0, acceleration), _ => (0, 0) };
        }

        for (int i = 0; i < Agents; i++)
        {
            for (int j = i + 1; j < Places.Length; j++)
            {
                (double x, double y) = Contact(i, j);
                forces[i] = (forces[i].X + x, forces[i].Y + y);
                if (j < Agents) forces[j] = (forces[j].X - x, forces[j].Y - y);
            }
        }

        for (int i = 0; i < Agents; i++)
        {
            Places[i] = (Places[i].X + (Velocities[i].X * 0.1), Places[i].Y + (Velocities[i].Y * 0.1));
            double vx = (Velocities[i].X * 0.75) + (forces[i].X * 0.1), vy = (Velocities[i].Y * 0.75) + (forces[i].Y * 0.1);
            double speed = Math.Sqrt((vx * vx) + (vy * vy)), most = i < hunters ? 1.0 : 1.3;
            Velocities[i] = speed > most ? (vx / speed * most, vy / speed * most) : (vx, vy);
        }

        Judge();
    }

    /// <summary>What MPE2 shows an agent.</summary>
    public float[] Observe(int self)
    {
        var seen = new List<double> { Velocities[self].X, Velocities[self].Y, Places[self].X, Places[self].Y };
        IEnumerable<int> others = Enumerable.Range(0, Agents).Where(a => a != self);
        foreach (int entity in Enumerable.Range(Agents, obstacles).Concat(others))
        {
            seen.Add(Places[entity].X - Places[self].X);
            seen.Add(Places[entity].Y - Places[self].Y);
        }

        foreach (int other in others.Where(a => a >= hunters))
        {
            seen.Add(Velocities[other].X);
            seen.Add(Velocities[other].Y);
        }

        return [.. seen.Select(v => (float)v)];
    }

    public double Distance(int a, int b)
    {
        double dx = Places[a].X - Places[b].X, dy = Places[a].Y - Places[b].Y;
        return Math.Sqrt((dx * dx) + (dy * dy));
    }

    private (double X, double Y) Contact(int i, int j)
    {
        double touch = RadiusOf(i, hunters, Agents) + RadiusOf(j, hunters, Agents), distance = Distance(i, j);
        double y = -(distance - touch) / 0.001;
        double penetration = 0.001 * (y <= 0 ? Math.Log(1 + Math.Exp(y)) : y + Math.Log(1 + Math.Exp(-y)));
        return distance == 0
            ? (100 * penetration, 0)
            : (100 * (Places[i].X - Places[j].X) / distance * penetration, 100 * (Places[i].Y - Places[j].Y) / distance * penetration);
    }

    private void Judge()
    {
        Touches = 0;
        for (int p = hunters; p < Agents; p++)
        {
            int by = Enumerable.Range(0, hunters).Count(h => Distance(h, p) < 0.075 + 0.05);
            Touches += by;
            Rewards[p] = (-10 * by) - Bound(Places[p].X) - Bound(Places[p].Y);
        }

        for (int h = 0; h < hunters; h++)
        {
            Rewards[h] = 10 * Touches;
        }
    }

    private static double Bound(double value)
    {
        double z = Math.Abs(value);
        return z < 0.9 ? 0 : z < 1 ? (z - 0.9) * 10 : Math.Min(Math.Exp((2 * z) - 2), 10);
    }
}
