using Gymkhana.Evolution.Neat;

namespace Gymkhana.Tests.Evolution.Neat;

public sealed class GenomeTests
{
    [Fact]
    public void Add_OutOfOrder_KeepsGenesAscending()
    {
        Genome genome = new();
        foreach (int number in new[] { 5, 1, 9, 3, 0, 7 })
        {
            genome.Add(new NodeGene { Id = number });
            genome.Add(new ConnectionGene { Innovation = number });
        }

        Assert.Equal([0, 1, 3, 5, 7, 9], genome.Nodes.ToArray().Select(n => n.Id));
        Assert.Equal([0, 1, 3, 5, 7, 9], genome.Connections.ToArray().Select(c => c.Innovation));
        Assert.Equal(3, genome.PlaceOf(5));
        Assert.Equal(-1, genome.PlaceOf(4));
    }

    [Fact]
    public void RemoveNode_WithConnections_RemovesThemToo()
    {
        Genome genome = Chain();
        genome.RemoveNode(2);
        Assert.Equal([0, 1], genome.Nodes.ToArray().Select(n => n.Id));
        Assert.Equal([2], genome.Connections.ToArray().Select(c => c.Innovation));
        Assert.True(genome.Connects(0, 1));
        Assert.False(genome.Connects(0, 2));
    }

    [Fact]
    public void CopyFrom_ThenChange_LeavesTheOriginal()
    {
        Genome original = Chain();
        Genome copy = new();
        copy.CopyFrom(original);
        copy.RemoveConnection(0);
        copy.Nodes[0].Bias = 4;
        Assert.Equal(3, original.ConnectionCount);
        Assert.Equal(0, original.Nodes[0].Bias);
        Assert.Equal([1, 2], copy.Connections.ToArray().Select(c => c.Innovation));
    }

    [Fact]
    public void Split_SameConnection_GivesSameIdUnlessTheGenomeHasIt()
    {
        Innovations innovations = new(1, 1);
        int connection = innovations.Connection(0, 1);
        Assert.Equal(connection, innovations.Connection(0, 1));
        Assert.NotEqual(connection, innovations.Connection(1, 1));
        Genome one = new(), other = new();
        int id = innovations.Split(connection, one);
        Assert.Equal(2, id);
        Assert.Equal(id, innovations.Split(connection, other));
        one.Add(new NodeGene { Id = id });
        Assert.Equal(3, innovations.Split(connection, one));
        Assert.Equal(id, innovations.Split(connection, other));
    }

    private static Genome Chain()
    {
        Genome genome = new();
        for (int id = 0; id < 3; id++)
        {
            genome.Add(new NodeGene { Id = id });
        }

        genome.Add(new ConnectionGene { Innovation = 0, From = 0, To = 2, Enabled = true });
        genome.Add(new ConnectionGene { Innovation = 1, From = 2, To = 1, Enabled = true });
        genome.Add(new ConnectionGene { Innovation = 2, From = 0, To = 1, Enabled = true });
        return genome;
    }
}
