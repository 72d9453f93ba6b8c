using Gymkhana.Evolution.Networks;

namespace Gymkhana.Evolution.Neat;

/// <summary>Genomes in the binary form of checkpoints.</summary>
internal static class GenomeCodec
{
    public static void Write(BinaryWriter writer, Genome genome)
    {
        writer.Write(genome.Scale);
        writer.Write(genome.NodeCount);
        foreach (ref readonly NodeGene node in genome.Nodes)
        {
            writer.Write(node.Id);
            writer.Write(node.Bias);
            writer.Write((byte)node.Activation);
        }

        writer.Write(genome.ConnectionCount);
        foreach (ref readonly ConnectionGene connection in genome.Connections)
        {
            writer.Write(connection.Innovation);
            writer.Write(connection.From);
            writer.Write(connection.To);
            writer.Write(connection.Weight);
            writer.Write((byte)((connection.Enabled ? 1 : 0) | (connection.Recurrent ? 2 : 0)));
        }
    }

    public static void Read(BinaryReader reader, Genome genome)
    {
        genome.Clear();
        genome.Scale = reader.ReadSingle();
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            genome.Add(new NodeGene { Id = reader.ReadInt32(), Bias = reader.ReadSingle(), Activation = (Activation)reader.ReadByte() });
        }

        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            ConnectionGene connection = new()
            {
                Innovation = reader.ReadInt32(),
                From = reader.ReadInt32(),
                To = reader.ReadInt32(),
                Weight = reader.ReadSingle(),
            };
            byte flags = reader.ReadByte();
            connection.Enabled = (flags & 1) != 0;
            connection.Recurrent = (flags & 2) != 0;
            genome.Add(connection);
        }
    }
}
