using System.Collections.Immutable;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Policies;
using Gymkhana.Environments.Walker.Film;
using Gymkhana.Evolution.Neat;
using Gymkhana.Evolution.Networks;

namespace Gymkhana.Cli.Films;

/// <summary>Shows evolved networks to rooms that know nothing of evolution.</summary>
internal static class GenomeNetwork
{
    /// <summary>How an evolved network is drawn, its inputs and outputs named as on the environment's page.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="environment">The environment it acts in.</param>
    /// <returns>The diagram; its nodes are the graph's places.</returns>
    public static NetworkDiagram Diagram(NetworkGraph graph, IEnvironment environment)
    {
        var links = new List<DiagramLink>(graph.Sources.Length);
        for (int node = 0; node < graph.Nodes.Length; node++)
        {
            for (int c = graph.FirstConnection[node]; c < graph.FirstConnection[node + 1]; c++)
            {
                links.Add(new DiagramLink(graph.Sources[c], graph.Inputs + node, graph.Weights[c]));
            }
        }

        EnvironmentPage page = environment.Spec.Page;
        ImmutableArray<string> inputs = FeatureNames.Of(page.Observations, graph.Inputs);
        return NetworkDiagram.Layout(graph.Inputs + graph.Nodes.Length, inputs, graph.Outputs.ToArray(), FeatureNames.Of(page.Actions, graph.Outputs.Length), links);
    }

    /// <summary>The network at work in an actor, if it is one.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="environment">The batch it acts in; its first copy is shown.</param>
    /// <returns>The network, or null when the actor has none.</returns>
    public static ILiveNetwork? At(IActor actor, IEnvironment environment) =>
        actor is NetworkActor network ? new Live(network, Diagram(network.Graph, environment)) : null;

    /// <summary>The network of a policy, if it has one.</summary>
    public static NetworkGraph? Of(IPolicy policy) => (policy as GenomePolicy)?.Network;

    private sealed class Live(NetworkActor actor, NetworkDiagram diagram) : ILiveNetwork
    {
        public NetworkDiagram Diagram { get; } = diagram;

        public void Read(Span<float> values)
        {
            for (int place = 0; place < values.Length; place++)
            {
                values[place] = actor.ValueOf(place, 0);
            }
        }
    }
}
