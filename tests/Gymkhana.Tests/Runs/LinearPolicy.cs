using System.Text.Json;
using Gymkhana.Core;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Core.Spaces;

namespace Gymkhana.Tests.Runs;

/// <summary>Outputs are sums of weighted observations: clipped for a box, the largest chosen for a discrete space.</summary>
internal sealed class LinearPolicy(string name, int inputs, int outputs, float[] weights) : IPolicy
{
    public string Name { get; } = name;

    public static (int Inputs, int Outputs) SizesFor(IEnvironment environment)
    {
        AgentGroup group = environment.Groups[0];
        return (group.ObservationSpace.Size, group.ActionSpace is DiscreteSpace discrete ? discrete.Count : group.ActionSpace.Size);
    }

    public static LinearPolicy Load(Stream source, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(source);
            JsonElement root = document.RootElement;
            float[] weights = [.. root.GetProperty("weights").EnumerateArray().Select(w => w.GetSingle())];
            return new LinearPolicy(name, root.GetProperty("inputs").GetInt32(), root.GetProperty("outputs").GetInt32(), weights);
        }
        catch (JsonException failure)
        {
            throw new GymkhanaException($"'{name}' is no linear policy.", failure);
        }
    }

    public void Save(Stream destination)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        json.WriteNumber("inputs", inputs);
        json.WriteNumber("outputs", outputs);
        json.WriteStartArray("weights");
        foreach (float weight in weights)
        {
            json.WriteNumberValue(weight);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public IActor CreateActor(IEnvironment environment, int group = 0)
    {
        (int needed, int given) = SizesFor(environment);
        return (needed, given) == (inputs, outputs)
            ? new Actor(this, environment.Groups[group])
            : throw new PolicyMismatchException($"'{Name}' has {inputs} inputs and {outputs} outputs, {environment.Spec.Id} needs {needed} and {given}.");
    }

    private float Output(AgentGroup group, int output, int copy)
    {
        float sum = 0;
        for (int i = 0; i < inputs; i++)
        {
            sum += weights[(output * inputs) + i] * (float)group.Observations.Read(0, i, copy);
        }

        return sum;
    }

    private sealed class Actor(LinearPolicy policy, AgentGroup group) : IActor
    {
        public void Reset(ReadOnlySpan<ulong> seeds)
        {
        }

        public void Act()
        {
            for (int copy = 0; copy < group.Actions.Count; copy++)
            {
                if (group.ActionSpace is BoxSpace box)
                {
                    for (int i = 0; i < box.Size; i++)
                    {
                        group.Actions.Write(0, i, copy, Math.Clamp(policy.Output(group, i, copy), box.Low[i], box.High[i]));
                    }
                }
                else
                {
                    int best = 0;
                    for (int i = 1; i < ((DiscreteSpace)group.ActionSpace).Count; i++)
                    {
                        best = policy.Output(group, i, copy) > policy.Output(group, best, copy) ? i : best;
                    }

                    group.Actions.Write(0, 0, copy, best);
                }
            }
        }

        public void EpisodeEnded(int copy)
        {
        }
    }
}
