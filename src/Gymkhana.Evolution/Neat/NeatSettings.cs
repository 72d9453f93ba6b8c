using Gymkhana.Core;
using Gymkhana.Core.Settings;
using Gymkhana.Evolution.Networks;
using static Gymkhana.Core.Settings.Setting;

namespace Gymkhana.Evolution.Neat;

/// <summary>How the standard deviation of weight steps changes over a run.</summary>
public enum ScaleRule
{
    /// <summary>It does not.</summary>
    Fixed,

    /// <summary>It falls geometrically from 1 to 0.1 of <c>weight-power</c> over the planned generations.</summary>
    Annealed,

    /// <summary>Each genome carries its own, inherited with log-normal noise and thus selected itself (Schwefel 1981).</summary>
    Adaptive,
}

/// <summary>The settings of NEAT; each is explained where it is declared for the command line, in <see cref="Schema"/>.</summary>
public sealed record NeatSettings
{
    // Indexed by Activation; declared before the schema, whose text lists them.
    private static readonly string[] Words = ["identity", "tanh", "relu", "sigmoid", "sine", "gauss", "absolute", "leaky-relu", "clamp"];

    /// <summary>The settings, as they are named on the command line.</summary>
    public static SettingSchema Schema { get; } = new(
        Whole("population", 200, 2, 100000, "Genomes in a generation"),
        Whole("generations", 200, 1, 10000000, "Generations of the whole training"),
        Whole("lists", 32, 1, 4096, "Episodes that each genome plays in a generation, the same for all genomes; lanes of SIMD"),
        Whole("validation-lists", 64, 1, 4096, "Episodes on which the best of each generation are compared for champion"),
        Whole("candidates", 2, 1, 100, "Best genomes of a generation that are tried on the validation episodes"),
        Whole("rounds", 1, 1, 100, "Generations that share one set of episodes before new ones are drawn"),
        Choice("mode", "neat", ["neat", "mutation-only"], "neat: species, crossover and fitness sharing; mutation-only: one population, truncation, clones that mutate"),
        Real("elites", 0.1, 0, 0.9, "Share of the next generation that is copied unchanged from the best of each species (at least one each)"),
        Real("survival", 0.25, 0.001, 1, "Best share of a species that may have children"),
        Whole("species", 8, 1, 1000, "Number of species that the compatibility threshold is steered to"),
        Real("threshold", 3, 0.01, 1000, "Compatibility threshold at the start"),
        Real("excess-weight", 1, 0, 100, "c1: weight of excess genes in the compatibility distance"),
        Real("disjoint-weight", 1, 0, 100, "c2: weight of disjoint genes"),
        Real("difference-weight", 0.5, 0, 100, "c3: weight of the mean weight difference of matching genes"),
        Whole("stagnation", 20, 1, 100000, "Generations without progress after which a species has no more children"),
        Whole("protected-species", 2, 1, 1000, "Best species that never die of stagnation"),
        Whole("restart-after", 0, 0, 1000000, "Generations without a new champion after which evolution begins anew from fresh genomes, the champion kept; 0 never does"),
        Real("crossover", 0.3, 0, 1, "Share of children with two parents"),
        Real("interspecies", 0.01, 0, 1, "Share of those whose second parent is of any species"),
        Real("mutate-weights", 0.9, 0, 1, "Share of children whose weights and biases change"),
        Real("weight-power", 0.6, 0.0001, 100, "Standard deviation of a weight step, times the genome's scale"),
        Real("bias-power", 0.4, 0, 100, "The same for biases"),
        Real("weight-limit", 8, 0.1, 1000, "Weights and biases stay within plus and minus this"),
        Real("replace-weight", 0.03, 0, 1, "Share of the changed weights that are drawn anew instead"),
        Choice("scale-rule", "adaptive", ["fixed", "annealed", "adaptive"], "How the scale of weight steps changes: not at all, falling over the run, or inherited and selected"),
        Real("add-connection", 0.15, 0, 1, "Share of children that get a connection"),
        Real("add-node", 0.06, 0, 1, "Share of children in which a node splits a connection"),
        Real("delete-connection", 0.06, 0, 1, "Share of children that lose a connection"),
        Real("delete-node", 0.02, 0, 1, "Share of children that lose a hidden node"),
        Real("toggle", 0.02, 0, 1, "Share of children in which a connection is switched on or off"),
        Real("change-activation", 0.02, 0, 1, "Share of children in which a hidden node takes another activation"),
        Text("activations", "relu", "Activations that hidden nodes draw from, joined by +: " + string.Join(", ", Words)),
        Text("output-activation", "tanh", "Activation of the outputs"),
        Real("recurrent", 0, 0, 1, "Share of added connections that may close a cycle and carry the value of the step before"),
        Choice("start", "full", ["full", "some", "none"], "First genomes: every input to every output, a random few, or no connections"),
        Whole("start-hidden", 0, 0, 1000, "Hidden nodes of the first genomes, fed by every input and feeding every output"),
        Whole("refine-after", 0, 0, 10000000, "Generation after which weights are refined by an evolution strategy (MA-ES) on the best structures found; 0 never refines"),
        Whole("islands", 8, 1, 256, "Structures that are refined at first, the best of as many species; half of them are dropped again and again until one is left"),
        Whole("offspring", 32, 4, 4096, "Candidates of an island in a generation of refinement"),
        Real("refine-step", 0.3, 0.0001, 10, "Standard deviation of a weight step when refinement begins"),
        Whole("halving", 40, 1, 1000000, "Generations of refinement after which the worse half of the islands is dropped"),
        Real("halving-growth", 1, 1, 10, "Factor by which that number of generations grows with each halving; 2 gives every stage the same work"),
        Whole("patience", 150, 1, 1000000, "Generations without progress on validation after which new islands begin beside the last one"),
        Whole("grow-islands", 0, 0, 256, "Islands of a round of growth, all grown from the champion in place of the last one; 0: the last one stays, beside islands − 1 grown copies of it"),
        Whole("grow-hidden", 0, 0, 100, "Nodes that a structure grows by which every input feeds and which feed every output, at first with weight 0"),
        Real("grow-power", 3, 0, 100, "Standard deviation of the weights from the inputs to such a node"),
        Whole("grow-nodes", 1, 0, 100, "Nodes that a structure grows by, without changing what it computes"),
        Whole("grow-connections", 4, 0, 1000, "Connections that a structure grows by, of weight 0"),
        Real("node-price", 0, 0, 1000, "Taken from the fitness for each hidden node"),
        Real("connection-price", 0, 0, 1000, "Taken from the fitness for each enabled connection"));

    /// <summary>Genomes in a generation.</summary>
    public required int Population { get; init; }

    /// <summary>Planned generations.</summary>
    public required int Generations { get; init; }

    /// <summary>Episodes for each genome.</summary>
    public required int Lists { get; init; }

    /// <summary>Validation episodes.</summary>
    public required int ValidationLists { get; init; }

    /// <summary>Best genomes tried on them.</summary>
    public required int Candidates { get; init; }

    /// <summary>Generations that share a set of episodes.</summary>
    public required int Rounds { get; init; }

    /// <summary>Whether there are no species and no crossover.</summary>
    public required bool MutationOnly { get; init; }

    /// <summary>Share copied unchanged.</summary>
    public required double Elites { get; init; }

    /// <summary>Share that may have children.</summary>
    public required double Survival { get; init; }

    /// <summary>Wanted number of species.</summary>
    public required int Species { get; init; }

    /// <summary>Compatibility threshold at the start.</summary>
    public required double Threshold { get; init; }

    /// <summary>c1.</summary>
    public required double ExcessWeight { get; init; }

    /// <summary>c2.</summary>
    public required double DisjointWeight { get; init; }

    /// <summary>c3.</summary>
    public required double DifferenceWeight { get; init; }

    /// <summary>Generations a species may go without progress.</summary>
    public required int Stagnation { get; init; }

    /// <summary>Species that never stagnate.</summary>
    public required int ProtectedSpecies { get; init; }

    /// <summary>Generations without a new champion before a restart; 0 for never.</summary>
    public required int RestartAfter { get; init; }

    /// <summary>Share of children with two parents.</summary>
    public required double Crossover { get; init; }

    /// <summary>Share of those that cross species.</summary>
    public required double Interspecies { get; init; }

    /// <summary>Share of children whose weights change.</summary>
    public required double MutateWeights { get; init; }

    /// <summary>Standard deviation of a weight step.</summary>
    public required double WeightPower { get; init; }

    /// <summary>Standard deviation of a bias step.</summary>
    public required double BiasPower { get; init; }

    /// <summary>Bound on weights and biases.</summary>
    public required float WeightLimit { get; init; }

    /// <summary>Share of changed weights drawn anew.</summary>
    public required double ReplaceWeight { get; init; }

    /// <summary>How the scale changes.</summary>
    public required ScaleRule ScaleRule { get; init; }

    /// <summary>Share of children that get a connection.</summary>
    public required double AddConnection { get; init; }

    /// <summary>Share of children that get a node.</summary>
    public required double AddNode { get; init; }

    /// <summary>Share of children that lose a connection.</summary>
    public required double DeleteConnection { get; init; }

    /// <summary>Share of children that lose a node.</summary>
    public required double DeleteNode { get; init; }

    /// <summary>Share of children in which a connection is switched.</summary>
    public required double Toggle { get; init; }

    /// <summary>Share of children in which an activation changes.</summary>
    public required double ChangeActivation { get; init; }

    /// <summary>Activations of hidden nodes.</summary>
    public required IReadOnlyList<Activation> Activations { get; init; }

    /// <summary>Activation of outputs.</summary>
    public required Activation OutputActivation { get; init; }

    /// <summary>Share of added connections that may close a cycle.</summary>
    public required double Recurrent { get; init; }

    /// <summary>First genomes: full, some or none.</summary>
    public required string Start { get; init; }

    /// <summary>Hidden nodes of the first genomes.</summary>
    public required int StartHidden { get; init; }

    /// <summary>Generation after which weights are refined; 0 for never.</summary>
    public required int RefineAfter { get; init; }

    /// <summary>Structures refined at first.</summary>
    public required int Islands { get; init; }

    /// <summary>Candidates of an island in a generation.</summary>
    public required int Offspring { get; init; }

    /// <summary>First step of refinement.</summary>
    public required double RefineStep { get; init; }

    /// <summary>Generations between halvings.</summary>
    public required int Halving { get; init; }

    /// <summary>Factor by which they grow with each halving.</summary>
    public required double HalvingGrowth { get; init; }

    /// <summary>Generations without progress before new islands begin.</summary>
    public required int Patience { get; init; }

    /// <summary>Islands of a round of growth that takes the place of the last one; 0 where it stays.</summary>
    public required int GrowIslands { get; init; }

    /// <summary>Nodes between all inputs and all outputs that a structure grows by.</summary>
    public required int GrowHidden { get; init; }

    /// <summary>Standard deviation of the weights that lead to them.</summary>
    public required double GrowPower { get; init; }

    /// <summary>Nodes beside a connection that it grows by.</summary>
    public required int GrowNodes { get; init; }

    /// <summary>Connections that it grows by.</summary>
    public required int GrowConnections { get; init; }

    /// <summary>Price of a hidden node.</summary>
    public required double NodePrice { get; init; }

    /// <summary>Price of an enabled connection.</summary>
    public required double ConnectionPrice { get; init; }

    /// <summary>The settings as values say.</summary>
    /// <param name="values">Values of <see cref="Schema"/>.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="GymkhanaException">A value that makes no sense.</exception>
    public static NeatSettings From(SettingValues values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new NeatSettings
        {
            Population = values.Integer("population"),
            Generations = values.Integer("generations"),
            Lists = values.Integer("lists"),
            ValidationLists = values.Integer("validation-lists"),
            Candidates = values.Integer("candidates"),
            Rounds = values.Integer("rounds"),
            MutationOnly = values.Text("mode") == "mutation-only",
            Elites = values.Real("elites"),
            Survival = values.Real("survival"),
            Species = values.Integer("species"),
            Threshold = values.Real("threshold"),
            ExcessWeight = values.Real("excess-weight"),
            DisjointWeight = values.Real("disjoint-weight"),
            DifferenceWeight = values.Real("difference-weight"),
            Stagnation = values.Integer("stagnation"),
            ProtectedSpecies = values.Integer("protected-species"),
            RestartAfter = values.Integer("restart-after"),
            Crossover = values.Real("crossover"),
            Interspecies = values.Real("interspecies"),
            MutateWeights = values.Real("mutate-weights"),
            WeightPower = values.Real("weight-power"),
            BiasPower = values.Real("bias-power"),
            WeightLimit = (float)values.Real("weight-limit"),
            ReplaceWeight = values.Real("replace-weight"),
            ScaleRule = Enum.Parse<ScaleRule>(values.Text("scale-rule"), ignoreCase: true),
            AddConnection = values.Real("add-connection"),
            AddNode = values.Real("add-node"),
            DeleteConnection = values.Real("delete-connection"),
            DeleteNode = values.Real("delete-node"),
            Toggle = values.Real("toggle"),
            ChangeActivation = values.Real("change-activation"),
            Activations = [.. values.Text("activations").Split('+').Select(ParseActivation)],
            OutputActivation = ParseActivation(values.Text("output-activation")),
            Recurrent = values.Real("recurrent"),
            Start = values.Text("start"),
            StartHidden = values.Integer("start-hidden"),
            RefineAfter = values.Integer("refine-after"),
            Islands = values.Integer("islands"),
            Offspring = values.Integer("offspring"),
            RefineStep = values.Real("refine-step"),
            Halving = values.Integer("halving"),
            HalvingGrowth = values.Real("halving-growth"),
            Patience = values.Integer("patience"),
            GrowIslands = values.Integer("grow-islands"),
            GrowHidden = values.Integer("grow-hidden"),
            GrowPower = values.Real("grow-power"),
            GrowNodes = values.Integer("grow-nodes"),
            GrowConnections = values.Integer("grow-connections"),
            NodePrice = values.Real("node-price"),
            ConnectionPrice = values.Real("connection-price"),
        };
    }

    /// <summary>The word for an activation, as settings and files write it.</summary>
    /// <param name="activation">The activation.</param>
    /// <returns>Its word.</returns>
    public static string WordFor(Activation activation) => Words[(int)activation];

    /// <summary>The activation of a word.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The activation.</returns>
    /// <exception cref="UnknownNameException">No such word.</exception>
    public static Activation ParseActivation(string word)
    {
        int index = Array.IndexOf(Words, word);
        return index >= 0 ? (Activation)index : throw UnknownNameException.For("activation", word, Words, "the activations are " + string.Join(", ", Words));
    }
}
