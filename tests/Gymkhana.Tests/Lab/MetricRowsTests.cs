using Gymkhana.Lab.Runs;

namespace Gymkhana.Tests.Lab;

/// <summary>What is made of the lines of <c>metrics.jsonl</c>, which anybody may have written.</summary>
public sealed class MetricRowsTests
{
    [Fact]
    public void Read_ColumnsThatComeAndGo_AreAligned()
    {
        var table = MetricRows.Read("{\"iteration\":1,\"best\":2.5}\n{\"iteration\":2,\"validation\":-1,\"best\":3}\n{\"iteration\":3}\n");
        Assert.Equal(["iteration", "best", "validation"], table.Columns);
        Assert.Equal([[1, 2.5, null], [2, 3, -1], [3, null, null]], table.Rows);
        Assert.Empty(table.Species);
    }

    [Theory]
    [InlineData("""{"iteration":"one","speciesSizes":{"1":4}}""")]
    [InlineData("""{"iteration":1.5,"speciesSizes":{"1":4}}""")]
    [InlineData("""{"speciesSizes":{"1":4}}""")]
    [InlineData("""{"iteration":1,"speciesSizes":{"1":"four"}}""")]
    [InlineData("""{"iteration":1,"speciesSizes":{"one":4}}""")]
    [InlineData("""{"iteration":1,"speciesSizes":[1,4]}""")]
    [InlineData("""["iteration",1]""")]
    [InlineData("""{"iteration":1,"speciesSizes":{"1":""")]
    [InlineData("12")]
    public void Read_LinesOfAnotherShape_HaveNoSpeciesAndHoldNothingUp(string line)
    {
        var table = MetricRows.Read($$$"""
            {{{line}}}
            {"iteration":7,"speciesSizes":{"3":2,"4":78}}

            """);
        Assert.Equal(7, table.Rows[^1][table.Columns.ToList().IndexOf("iteration")]);
        SpeciesRow row = Assert.Single(table.Species);
        Assert.Equal(7, row.Iteration);
        Assert.Equal([3, 2, 4, 78], row.Members);
    }
}
