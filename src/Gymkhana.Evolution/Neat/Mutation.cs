using Gymkhana.Core.Randomness;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>The ways in which a child differs from its parents. Each draws from the stream it is given and nothing else.</summary>
public sealed class Mutation(NeatSettings settings, Innovations innovations)
{
    private const int Attempts = 16;
    private readonly List<int> _stack = [];

    /// <summary>Mutates a child in place.</summary>
    /// <param name="child">The child.</param>
    /// <param name="progress">Share of the planned generations that is over, for the annealed scale.</param>
    /// <param name="rng">The child's own stream.</param>
    public void Apply(Genome child, double progress, KeyedStream rng)
    {
        ArgumentNullException.ThrowIfNull(child);
        ArgumentNullException.ThrowIfNull(rng);
        bool structural = false;
        if (rng.NextBool(settings.AddNode))
        {
            structural |= AddNode(child, rng);
        }

        if (rng.NextBool(settings.AddConnection))
        {
            structural |= AddConnection(child, rng);
        }

        if (rng.NextBool(settings.DeleteConnection) && child.ConnectionCount > 0)
        {
            child.RemoveConnection(rng.NextInt(child.ConnectionCount));
            structural = true;
        }

        if (rng.NextBool(settings.DeleteNode))
        {
            structural |= DeleteNode(child, rng);
        }

        if (rng.NextBool(settings.Toggle) && child.ConnectionCount > 0)
        {
            ref ConnectionGene connection = ref child.Connections[rng.NextInt(child.ConnectionCount)];
            connection.Enabled = !connection.Enabled;
            structural = true;
        }

        if (rng.NextBool(settings.ChangeActivation))
        {
            structural |= ChangeActivation(child, rng);
        }

        if (!structural || rng.NextBool(settings.MutateWeights))
        {
            ChangeWeights(child, progress, rng);
        }
    }

    /// <summary>
    /// Adds structure that does not change what the network computes yet: nodes beside a connection, with an outgoing weight of
    /// 0, and connections of weight 0.
    /// </summary>
    /// <param name="genome">The genome.</param>
    /// <param name="nodes">Nodes to add.</param>
    /// <param name="connections">Connections to add, as far as there is room.</param>
    /// <param name="rng">The stream.</param>
    public void Grow(Genome genome, int nodes, int connections, KeyedStream rng)
    {
        ArgumentNullException.ThrowIfNull(genome);
        ArgumentNullException.ThrowIfNull(rng);
        for (int i = 0; i < nodes && genome.ConnectionCount > 0; i++)
        {
            ConnectionGene beside = genome.Connections[rng.NextInt(genome.ConnectionCount)];
            if (beside.Recurrent)
            {
                continue;
            }

            int id = innovations.Split(beside.Innovation, genome);
            genome.Add(new NodeGene { Id = id, Activation = DrawActivation(rng) });
            Connect(genome, beside.From, id, 1, recurrent: false);
            Connect(genome, id, beside.To, 0, recurrent: false);
        }

        for (int i = 0; i < connections; i++)
        {
            AddConnection(genome, rng, weightless: true);
        }
    }

    /// <summary>
    /// Steps a random share of weights and biases. The share is drawn log-uniformly from one gene to all of them: small
    /// changes polish, large ones leave a local optimum.
    /// </summary>
    private void ChangeWeights(Genome child, double progress, KeyedStream rng)
    {
        int computing = child.NodeCount - innovations.Inputs;
        int genes = child.ConnectionCount + computing;
        if (settings.ScaleRule == ScaleRule.Adaptive)
        {
            // Learning rate of Schwefel's rule with one step size, 1/sqrt(n), never above 0.3.
            double rate = Math.Min(0.3, 1 / Math.Sqrt(genes));
            child.Scale = (float)Math.Clamp(child.Scale * (1 + (rate * Math.Clamp(rng.NextNormal(), -2, 2))), 0.02, 3);
        }

        double scale = settings.ScaleRule switch
        {
            ScaleRule.Annealed => AnnealedScale(progress),
            ScaleRule.Adaptive => child.Scale,
            _ => 1,
        };
        double share = LogUniformShare(genes, rng);
        bool any = false;
        foreach (ref ConnectionGene connection in child.Connections)
        {
            if (rng.NextBool(share))
            {
                any = true;
                connection.Weight = rng.NextBool(settings.ReplaceWeight)
                    ? (float)(rng.NextNormal() * 2 * settings.WeightPower)
                    : connection.Weight + (float)(rng.NextNormal() * settings.WeightPower * scale);
                connection.Weight = Math.Clamp(connection.Weight, -settings.WeightLimit, settings.WeightLimit);
            }
        }

        Span<NodeGene> nodes = child.Nodes[innovations.Inputs..];
        foreach (ref NodeGene node in nodes)
        {
            if (rng.NextBool(share))
            {
                any = true;
                Step(ref node, scale, rng);
            }
        }

        if (!any)
        {
            Step(ref nodes[rng.NextInt(nodes.Length)], scale, rng);
        }
    }

    private void Step(ref NodeGene node, double scale, KeyedStream rng) =>
        node.Bias = Math.Clamp(node.Bias + (float)(rng.NextNormal() * settings.BiasPower * scale), -settings.WeightLimit, settings.WeightLimit);

    // A geometric fall to a tenth, in eight equal stairs, so that only exactly rounded arithmetic takes part.
    private static double AnnealedScale(double progress)
    {
        ReadOnlySpan<double> stairs = [1, 0.72, 0.52, 0.37, 0.27, 0.19, 0.14, 0.1];
        return stairs[Math.Clamp((int)(progress * stairs.Length), 0, stairs.Length - 1)];
    }

    // 2^-k of the genes with k uniform from 0 to log2(genes).
    private static double LogUniformShare(int genes, KeyedStream rng)
    {
        int halvings = System.Numerics.BitOperations.Log2((uint)Math.Max(1, genes));
        return 1.0 / (1 << rng.NextInt(halvings + 1));
    }

    private bool AddNode(Genome child, KeyedStream rng)
    {
        if (child.ConnectionCount == 0)
        {
            return false;
        }

        int place = rng.NextInt(child.ConnectionCount);
        ConnectionGene split = child.Connections[place];
        if (!split.Enabled || split.Recurrent)
        {
            return false;
        }

        // The new node passes the old signal on at first: weight 1 in, the old weight out, the old connection disabled.
        int id = innovations.Split(split.Innovation, child);
        child.Connections[place].Enabled = false;
        child.Add(new NodeGene { Id = id, Activation = DrawActivation(rng) });
        Connect(child, split.From, id, 1, recurrent: false);
        Connect(child, id, split.To, split.Weight, recurrent: false);
        return true;
    }

    private bool AddConnection(Genome child, KeyedStream rng, bool weightless = false)
    {
        bool mayRecur = rng.NextBool(settings.Recurrent);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int from = child.Nodes[rng.NextInt(child.NodeCount)].Id;
            int to = child.Nodes[innovations.Inputs + rng.NextInt(child.NodeCount - innovations.Inputs)].Id;
            if (child.Connects(from, to) || (!mayRecur && IsOutput(from)))
            {
                continue;
            }

            bool cycle = from == to || Reaches(child, to, from);
            if (cycle && !mayRecur)
            {
                continue;
            }

            Connect(child, from, to, weightless ? 0 : (float)(rng.NextNormal() * 2 * settings.WeightPower), cycle);
            return true;
        }

        return false;
    }

    private bool DeleteNode(Genome child, KeyedStream rng)
    {
        int hidden = child.NodeCount - innovations.Inputs - innovations.Outputs;
        if (hidden == 0)
        {
            return false;
        }

        child.RemoveNode(innovations.Inputs + innovations.Outputs + rng.NextInt(hidden));
        return true;
    }

    private bool ChangeActivation(Genome child, KeyedStream rng)
    {
        int hidden = child.NodeCount - innovations.Inputs - innovations.Outputs;
        if (hidden == 0 || settings.Activations.Count < 2)
        {
            return false;
        }

        child.Nodes[innovations.Inputs + innovations.Outputs + rng.NextInt(hidden)].Activation = DrawActivation(rng);
        return true;
    }

    private Activation DrawActivation(KeyedStream rng) => settings.Activations[rng.NextInt(settings.Activations.Count)];

    private bool IsOutput(int id) => id >= innovations.Inputs && id < innovations.Inputs + innovations.Outputs;

    private void Connect(Genome child, int from, int to, float weight, bool recurrent) => child.Add(new ConnectionGene
    {
        Innovation = innovations.Connection(from, to),
        From = from,
        To = to,
        Weight = Math.Clamp(weight, -settings.WeightLimit, settings.WeightLimit),
        Enabled = true,
        Recurrent = recurrent,
    });

    /// <summary>Whether a feed-forward path leads from one node to another, disabled connections included.</summary>
    private bool Reaches(Genome genome, int start, int goal)
    {
        _stack.Clear();
        _stack.Add(start);
        for (int next = 0; next < _stack.Count; next++)
        {
            if (_stack[next] == goal)
            {
                return true;
            }

            foreach (ref readonly ConnectionGene connection in genome.Connections)
            {
                if (connection.From == _stack[next] && !connection.Recurrent && !_stack.Contains(connection.To))
                {
                    _stack.Add(connection.To);
                }
            }
        }

        return false;
    }
}
