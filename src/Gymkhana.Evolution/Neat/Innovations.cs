namespace Gymkhana.Evolution.Neat;

/// <summary>
/// The historical markings of a run (Stanley and Miikkulainen 2002, section 3.2): the same structural change gets the same
/// number whenever and in whichever genome it happens.
/// </summary>
public sealed class Innovations
{
    private const int NoConnection = -1;
    private readonly Dictionary<(int From, int To), int> _connections = [];
    private readonly Dictionary<(int Connection, int Repeat), int> _splits = [];

    /// <summary>Markings of a run that begins.</summary>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="outputs">Number of outputs.</param>
    /// <param name="startHidden">Number of hidden nodes that all first genomes have.</param>
    public Innovations(int inputs, int outputs, int startHidden = 0)
    {
        Inputs = inputs;
        Outputs = outputs;
        NextNode = inputs + outputs + startHidden;
    }

    /// <summary>Number of inputs.</summary>
    public int Inputs { get; }

    /// <summary>Number of outputs.</summary>
    public int Outputs { get; }

    /// <summary>The id that the next new node gets; all ids are below it.</summary>
    public int NextNode { get; private set; }

    /// <summary>The number that the next new connection gets.</summary>
    public int NextConnection { get; private set; }

    /// <summary>The number of a connection.</summary>
    /// <param name="from">Id of the node it comes from.</param>
    /// <param name="to">Id of the node it goes to.</param>
    /// <returns>Its innovation number.</returns>
    public int Connection(int from, int to)
    {
        if (!_connections.TryGetValue((from, to), out int number))
        {
            number = NextConnection++;
            _connections.Add((from, to), number);
        }

        return number;
    }

    /// <summary>The id of the node that splits a connection in a genome: the first one that this genome does not have yet.</summary>
    /// <param name="connection">Innovation number of the connection.</param>
    /// <param name="genome">The genome.</param>
    /// <returns>Its id.</returns>
    public int Split(int connection, Genome genome)
    {
        ArgumentNullException.ThrowIfNull(genome);
        for (int repeat = 0; ; repeat++)
        {
            if (!_splits.TryGetValue((connection, repeat), out int node))
            {
                node = NextNode++;
                _splits.Add((connection, repeat), node);
                return node;
            }

            if (genome.PlaceOf(node) < 0)
            {
                return node;
            }
        }
    }

    /// <summary>The id of a hidden node that splits no connection: the first such one that a genome does not have yet.</summary>
    /// <param name="genome">The genome.</param>
    /// <returns>Its id.</returns>
    public int HiddenNode(Genome genome) => Split(NoConnection, genome);

    internal void Save(BinaryWriter writer)
    {
        writer.Write(NextNode);
        writer.Write(NextConnection);
        writer.Write(_connections.Count);
        foreach (((int from, int to), int number) in _connections.OrderBy(c => c.Value))
        {
            writer.Write(from);
            writer.Write(to);
            writer.Write(number);
        }

        writer.Write(_splits.Count);
        foreach (((int connection, int repeat), int node) in _splits.OrderBy(s => s.Value))
        {
            writer.Write(connection);
            writer.Write(repeat);
            writer.Write(node);
        }
    }

    internal static Innovations Load(BinaryReader reader, int inputs, int outputs)
    {
        Innovations loaded = new(inputs, outputs) { NextNode = reader.ReadInt32(), NextConnection = reader.ReadInt32() };
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            loaded._connections.Add((reader.ReadInt32(), reader.ReadInt32()), reader.ReadInt32());
        }

        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            loaded._splits.Add((reader.ReadInt32(), reader.ReadInt32()), reader.ReadInt32());
        }

        return loaded;
    }
}
