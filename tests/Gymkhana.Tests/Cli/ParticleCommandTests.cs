using System.Text.Json;
using Gymkhana.Core.Files;
using Gymkhana.Tests.Particle;
using Gymkhana.Tests.Runs;

namespace Gymkhana.Tests.Cli;

/// <summary>The particle worlds at the command line, as a person uses them.</summary>
public sealed class ParticleCommandTests
{
    [Theory]
    [InlineData("tag_g2_a4_o3_cont_s0", "num_good=2,num_adversaries=4,num_obstacles=3,max_cycles=60,continuous_actions=true")]
    [InlineData("tag_g1_a3_o2_disc_s1", "num_good=1,num_adversaries=3,num_obstacles=2,max_cycles=60")]
    [InlineData("spread_n3_cont_s2", "N=3,max_cycles=60,continuous_actions=true")]
    public void Rollout_RecordedActionsOfAllAgents_FollowsTheOriginal(string name, string settings)
    {
        using var folder = new TemporaryFolder();
        ParticleRecordings truth = ParticleRecordings.Named(name);
        int agents = truth.Agents.Length;
        NpyArray actions = truth.Continuous
            ? NpyArray.Create<float>(truth.Actions, truth.Steps, agents, 5)
            : NpyArray.Create<long>([.. truth.Actions.Select(a => (long)a)], truth.Steps, agents);
        NpyFile.Write(folder["a.npy"], actions);
        string id = truth.IsTag ? "simple_tag_v3" : "simple_spread_v3";
        Answer answer = GymkhanaProcess.Run(folder.Path, "rollout", id, "--policy", "a.npy", "--seed", $"{truth.Seed}", "--set", settings, "--out", "f.npz");
        Assert.True(answer.ExitCode == 0, answer.Errors);
        using var file = new NpzReader(folder["f.npz"]);
        Assert.Equal([61, agents, 2], file.Read("info/agent_pos").Shape);
        Near(truth.Places, file.Read("info/agent_pos").ToArray<double>());
        Near(truth.Velocities, file.Read("info/agent_vel").ToArray<double>());
        Near(truth.Rewards, file.Read("rewards").ToArray<double>());
        Assert.Equal(truth.Truncations, file.Read("truncated").ToArray<bool>());
        Assert.Equal([60, agents], file.Read("terminated").Shape);
        Assert.Equal(actions.Shape, file.Read("actions").Shape);
        for (int agent = 0; agent < agents; agent++)
        {
            int size = (int)truth.Sizes[agent];
            NpyArray seen = file.Read("observations/" + truth.Agents[agent]);
            Assert.Equal([61, size], seen.Shape);
            float[] expected = [.. Enumerable.Range(0, 59).SelectMany(step => Enumerable.Range(0, size).Select(i => truth.Observations[(((step * agents) + agent) * truth.Width) + i]))];
            float[] actual = seen.ToArray<float>()[size..(60 * size)];
            Assert.True(expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) < 1e-5), truth.Agents[agent]);
            Assert.Equal(60, file.Read("rewards/" + truth.Agents[agent]).Shape[0]);
        }
    }

    [Fact]
    public void Evaluate_ScriptAgainstScript_PrintsTheFigures()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(
            folder.Path, "evaluate", "chase", "simple_tag_v3", "--set", "classes=A:self+landmarks,B:self+prey,adversaries=A:2,B:1,prey=random", "--episodes", "200", "--seed", "0", "--json");
        Assert.True(answer.ExitCode == 0, answer.Errors);
        JsonElement json = answer.Json();
        Assert.InRange(json.GetProperty("mean").GetDouble(), 35, 53);
        Assert.Equal("chase", json.GetProperty("policy").GetString());
        JsonElement metrics = json.GetProperty("metrics");
        double touches = metrics.GetProperty("touches").GetProperty("mean").GetDouble();
        Assert.Equal(json.GetProperty("mean").GetDouble(), 10 * touches, 1e-9);
        Assert.Equal(touches, metrics.GetProperty("touchesA").GetProperty("mean").GetDouble() + metrics.GetProperty("touchesB").GetProperty("mean").GetDouble(), 1e-9);
    }

    [Fact]
    public void Evaluate_AnotherPolicyForAGroup_PlaysAsTheScriptInside()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["evaluate", "lookahead", "simple_tag_v3", "--episodes", "200", "--seed", "0", "--json"];
        JsonElement outside = GymkhanaProcess.Run(folder.Path, [.. words, "--with", "agent=flee"]).Json();
        JsonElement inside = GymkhanaProcess.Run(folder.Path, [.. words, "--set", "prey=flee"]).Json();
        Assert.Equal("lookahead, agent: flee", outside.GetProperty("policy").GetString());
        Assert.Equal(50.2, outside.GetProperty("mean").GetDouble(), 0.1);
        Assert.Equal(inside.GetProperty("mean").GetDouble(), outside.GetProperty("mean").GetDouble());
    }

    [Theory]
    [InlineData("evaluate lookahead simple_tag_v3 --with prey=flee", "simple_tag_v3 has no group 'prey' here; its groups are adversary, agent")]
    [InlineData("evaluate lookahead simple_tag_v3 --with flee", "--with expects GROUP=POLICY")]
    [InlineData("evaluate chase simple_tag_v3", "'chase' plays the hunters of simple_tag_v3, but group 'agent' is the prey")]
    [InlineData("evaluate random simple_tag_v3 --set classes=A:self+wolves", "got 'wolves'")]
    [InlineData("evaluate random simple_tag_v3 --set comm_range=-2", "'comm_range' expects a distance of at least 0")]
    [InlineData("evaluate random simple_tag_v3 --set num_good=1,num_wolves=2", "There is no setting named 'num_wolves'")]
    public void Evaluate_WhatMakesNoSense_IsOneLine(string commandLine, string expected)
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, commandLine.Split(' '));
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains(expected, answer.Line(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bench_Tag_PrintsTheAgreedName()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, "bench", "tag", "--json", "--seconds", "0.1");
        JsonElement[] results = [.. answer.Json().GetProperty("results").EnumerateArray()];
        JsonElement one = results.Single(r => r.GetProperty("name").GetString() == "tag/1-3-2");
        Assert.Equal((1, "environment steps/s"), (one.GetProperty("threads").GetInt32(), one.GetProperty("unit").GetString()));
        Assert.True(one.GetProperty("value").GetDouble() > 0);
    }

    [Fact]
    public void Record_Tag_MakesAPicture()
    {
        using var folder = new TemporaryFolder();
        Answer answer = GymkhanaProcess.Run(folder.Path, "record", "lookahead", "simple_tag_v3", "--set", "prey=flee,comm_range=1", "--out", "tag.png");
        Assert.True(answer.ExitCode == 0, answer.Errors);
        Assert.True(new FileInfo(folder["tag.png"]).Length > 10_000);
    }

    // Contacts are chaotic: see RecordedParticlesTests.
    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
