using Gymkhana.Core.Randomness;
using Gymkhana.Core.Settings;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Tests.Evolution.Neat;

/// <summary>Genomes grown by the project's own mutations, and a plain recursive evaluation to hold networks against.</summary>
internal sealed class GenomeSamples
{
    public GenomeSamples(ulong seed, int inputs, int outputs, params string[] settings)
    {
        Settings = SettingsOf(["activations=identity+tanh+relu+sigmoid+sine+gauss+absolute+leaky-relu+clamp", "start=some", "add-node=0.4", "add-connection=0.6", "toggle=0.2", "delete-connection=0.2", "delete-node=0.1", .. settings]);
        Innovations = new Innovations(inputs, outputs, Settings.StartHidden);
        Reproduction = new Reproduction(Settings, Innovations);
        Mutation = new Mutation(Settings, Innovations);
        Rng = new GeneRng(seed, 0, StreamPurpose.Mutation);
        Seed = seed;
    }

    public NeatSettings Settings { get; }

    public Innovations Innovations { get; }

    public Reproduction Reproduction { get; }

    public Mutation Mutation { get; }

    public GeneRng Rng { get; }

    public ulong Seed { get; }

    public static NeatSettings SettingsOf(params string[] settings)
    {
        SettingValues values = NeatSettings.Schema.Defaults;
        foreach (string setting in settings)
        {
            string[] parts = setting.Split('=');
            values = values.With(parts[0], parts[1]);
        }

        return NeatSettings.From(values);
    }

    public Genome First(ulong number)
    {
        Genome genome = new();
        Reproduction.Create(genome, Seed, number);
        return genome;
    }

    public Genome Grown(ulong number, int mutations)
    {
        Genome genome = First(number);
        for (int i = 0; i < mutations; i++)
        {
            Mutation.Apply(genome, 0, Rng);
        }

        return genome;
    }

    /// <summary>Evaluates genes step by step by recursion, straight from their meaning: a recurrent connection carries the value of the step before.</summary>
    public static float[][] Evaluate(Genome genome, int inputs, int outputs, float[][] steps)
    {
        Dictionary<int, float> before = [];
        List<float[]> answers = [];
        foreach (float[] step in steps)
        {
            Dictionary<int, float> now = [];
            for (int i = 0; i < inputs; i++)
            {
                now[i] = step[i];
            }

            float ValueOf(int id)
            {
                if (now.TryGetValue(id, out float known))
                {
                    return known;
                }

                NodeGene node = genome.Nodes[genome.PlaceOf(id)];
                float sum = node.Bias;
                foreach (bool fromInputs in new[] { true, false })
                {
                    foreach (ConnectionGene c in genome.Connections.ToArray().Where(c => c.Enabled && c.To == id && c.From < inputs == fromInputs))
                    {
                        float source = c.Recurrent ? before.GetValueOrDefault(c.From) : ValueOf(c.From);
                        float product = c.Weight * source;
                        sum = product + sum;
                    }
                }

                now[id] = Networks.ScalarActivation.Of(node.Activation, sum);
                return now[id];
            }

            foreach (NodeGene node in genome.Nodes)
            {
                ValueOf(node.Id);
            }

            answers.Add([.. Enumerable.Range(inputs, outputs).Select(ValueOf)]);
            before = now;
        }

        return [.. answers];
    }

    /// <summary>Whether the order of evaluation that feed-forward and recurrent connections demand, disabled ones included, exists.</summary>
    public static bool HasOrder(Genome genome)
    {
        HashSet<int> left = [.. genome.Nodes.ToArray().Select(n => n.Id)];
        ConnectionGene[] all = genome.Connections.ToArray();
        while (left.Count > 0)
        {
            int removed = left.RemoveWhere(id => !all.Any(c => c.From != c.To && (c.Recurrent ? c.From == id && left.Contains(c.To) : c.To == id && left.Contains(c.From))));
            if (removed == 0)
            {
                return false;
            }
        }

        return !all.Any(c => c.From == c.To && !c.Recurrent);
    }
}
