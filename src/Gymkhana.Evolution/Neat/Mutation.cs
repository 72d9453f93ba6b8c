using System.Numerics;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>The ways in which a child differs from its parents. Each draws from the stream it is given and nothing else.</summary>
public sealed class Mutation(NeatSettings settings, Innovations innovations)
{
    private const int Attempts = 16;
    private readonly Activation[] _activations = [.. settings.Activations];
    private bool[] _reached = []; // By id of a node.

    /// <summary>Mutates a child in place.</summary>
    /// <param name="child">The child.</param>
    /// <param name="progress">Share of the planned generations that is over, for the annealed scale.</param>
    /// <param name="rng">The child's own stream.</param>
    public void Apply(Genome child, double progress, GeneRng rng)
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
    /// Adds structure that does not change what the network computes yet, as <c>grow-nodes</c>, <c>grow-connections</c> and
    /// <c>grow-hidden</c> say: nodes beside a connection, with an outgoing weight of 0, connections of weight 0, and nodes that every
    /// input feeds with a random weight and that feed every output with weight 0.
    /// </summary>
    /// <param name="genome">The genome.</param>
    /// <param name="rng">The stream.</param>
    public void Grow(Genome genome, GeneRng rng)
    {
        ArgumentNullException.ThrowIfNull(genome);
        ArgumentNullException.ThrowIfNull(rng);
        for (int i = 0; i < settings.GrowHidden; i++)
        {
            GrowHidden(genome, rng);
        }

        for (int i = 0; i < settings.GrowNodes && genome.ConnectionCount > 0; i++)
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

        for (int i = 0; i < settings.GrowConnections; i++)
        {
            AddConnection(genome, rng, weightless: true);
        }
    }

    private void GrowHidden(Genome genome, GeneRng rng)
    {
        int id = innovations.HiddenNode(genome);
        genome.Add(new NodeGene { Id = id, Activation = DrawActivation(rng), Bias = (float)rng.NextNormal() });
        for (int input = 0; input < innovations.Inputs; input++)
        {
            Connect(genome, input, id, (float)(settings.GrowPower * rng.NextNormal()), recurrent: false);
        }

        for (int output = 0; output < innovations.Outputs; output++)
        {
            Connect(genome, id, innovations.Inputs + output, 0, recurrent: false);
        }
    }

    /// <summary>
    /// Steps a random share of weights and biases. The share is 2^−k with k drawn evenly, from about one gene to all of them: small
    /// changes polish, large ones leave a local optimum.
    /// </summary>
    private void ChangeWeights(Genome child, double progress, GeneRng rng)
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
        int halvings = rng.NextInt(BitOperations.Log2((uint)genes) + 1);
        Span<ConnectionGene> connections = child.Connections;
        Span<NodeGene> nodes = child.Nodes[innovations.Inputs..];
        bool any = false;
        for (int start = 0; start < genes; start += 64)
        {
            ulong chosen = rng.NextBits(halvings) & (ulong.MaxValue >> Math.Max(0, 64 - (genes - start)));
            any |= chosen != 0;
            for (; chosen != 0; chosen &= chosen - 1)
            {
                int gene = start + BitOperations.TrailingZeroCount(chosen);
                if (gene < connections.Length)
                {
                    Step(ref connections[gene], scale, rng);
                }
                else
                {
                    Step(ref nodes[gene - connections.Length], scale, rng);
                }
            }
        }

        if (!any)
        {
            Step(ref nodes[rng.NextInt(nodes.Length)], scale, rng);
        }
    }

    private void Step(ref ConnectionGene connection, double scale, GeneRng rng)
    {
        float weight = rng.NextBool(settings.ReplaceWeight)
            ? (float)(rng.NextNormal() * 2 * settings.WeightPower)
            : connection.Weight + (float)(rng.NextNormal() * settings.WeightPower * scale);
        connection.Weight = Math.Clamp(weight, -settings.WeightLimit, settings.WeightLimit);
    }

    private void Step(ref NodeGene node, double scale, GeneRng rng) =>
        node.Bias = Math.Clamp(node.Bias + (float)(rng.NextNormal() * settings.BiasPower * scale), -settings.WeightLimit, settings.WeightLimit);

    // A geometric fall to a tenth, in eight equal stairs, so that only exactly rounded arithmetic takes part.
    private static double AnnealedScale(double progress)
    {
        ReadOnlySpan<double> stairs = [1, 0.72, 0.52, 0.37, 0.27, 0.19, 0.14, 0.1];
        return stairs[Math.Clamp((int)(progress * stairs.Length), 0, stairs.Length - 1)];
    }

    private bool AddNode(Genome child, GeneRng rng)
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

    private bool AddConnection(Genome child, GeneRng rng, bool weightless = false)
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

            bool cycle = from == to || Precedes(child, to, from);
            if (cycle && !mayRecur)
            {
                continue;
            }

            Connect(child, from, to, weightless ? 0 : (float)(rng.NextNormal() * 2 * settings.WeightPower), cycle);
            return true;
        }

        return false;
    }

    private bool DeleteNode(Genome child, GeneRng rng)
    {
        int hidden = child.NodeCount - innovations.Inputs - innovations.Outputs;
        if (hidden == 0)
        {
            return false;
        }

        child.RemoveNode(innovations.Inputs + innovations.Outputs + rng.NextInt(hidden));
        return true;
    }

    private bool ChangeActivation(Genome child, GeneRng rng)
    {
        int hidden = child.NodeCount - innovations.Inputs - innovations.Outputs;
        if (hidden == 0 || _activations.Length < 2)
        {
            return false;
        }

        child.Nodes[innovations.Inputs + innovations.Outputs + rng.NextInt(hidden)].Activation = DrawActivation(rng);
        return true;
    }

    private Activation DrawActivation(GeneRng rng) => _activations[rng.NextInt(_activations.Length)];

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

    /// <summary>
    /// Whether one node must come before another in the order of evaluation: over feed-forward connections as they run, over
    /// recurrent ones backwards, disabled ones included. A connection that runs against this order is recurrent; so the
    /// order exists whatever is deleted later.
    /// </summary>
    private bool Precedes(Genome genome, int first, int later)
    {
        if (_reached.Length < innovations.NextNode)
        {
            _reached = new bool[innovations.NextNode * 2];
        }

        foreach (ref readonly NodeGene node in genome.Nodes)
        {
            _reached[node.Id] = false;
        }

        _reached[first] = true;
        for (bool changed = true; changed && !_reached[later];)
        {
            changed = false;
            foreach (ref readonly ConnectionGene connection in genome.Connections)
            {
                (int before, int after) = connection.Recurrent ? (connection.To, connection.From) : (connection.From, connection.To);
                if (_reached[before] && !_reached[after])
                {
                    _reached[after] = changed = true;
                }
            }
        }

        return _reached[later];
    }
}
