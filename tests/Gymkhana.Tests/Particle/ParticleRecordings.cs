using System.Text.Json;
using Gymkhana.Core.Environments;
using Gymkhana.Core.Files;
using Gymkhana.Core.Settings;
using Gymkhana.Environments.Particle;

namespace Gymkhana.Tests.Particle;

/// <summary>One case of <c>golden/particle</c>.</summary>
internal sealed class ParticleRecordings
{
    private ParticleRecordings(JsonElement entry)
    {
        Name = entry.GetProperty("name").GetString()!;
        IsTag = entry.GetProperty("env").GetString() == SimpleTagPage.Id;
        Seed = entry.GetProperty("seed").GetUInt64();
        IsRandom = entry.GetProperty("policy").GetString() == "random";
        Steps = entry.GetProperty("steps").GetInt32();
        MaxCycles = entry.GetProperty("max_cycles").GetInt32();
        Continuous = entry.GetProperty("continuous_actions").GetBoolean();
        Agents = [.. entry.GetProperty("agents").EnumerateArray().Select(a => a.GetString()!)];
        Landmarks = entry.GetProperty("landmarks").GetArrayLength();
        SettingSchema schema = IsTag ? SimpleTagOptions.Schema : SimpleSpreadOptions.Schema;
        Settings = schema.Defaults
            .With(entry.GetProperty("kwargs").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetRawText())))
            .With("max_cycles", MaxCycles.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .With("continuous_actions", Continuous ? "true" : "false");
        using var archive = new NpzReader(Path.Combine(Folder, Name + ".npz"));
        Observations0 = archive.Read("obs0").ToArray<float>();
        Observations = archive.Read("obs").ToArray<float>();
        Width = Observations0.Length / Agents.Length;
        Sizes = archive.Read("obs_dim").ToArray<long>();
        Rewards = archive.Read("rewards").ToArray<double>();
        Terminations = archive.Read("terminations").ToArray<bool>();
        Truncations = archive.Read("truncations").ToArray<bool>();
        Places = [.. archive.Read("reset_agent_pos").ToArray<double>(), .. archive.Read("agent_pos").ToArray<double>()];
        Velocities = [.. archive.Read("reset_agent_vel").ToArray<double>(), .. archive.Read("agent_vel").ToArray<double>()];
        Starts = [Start(archive, "reset_"), Start(archive, "reset2_"), Start(archive, "reset3_")];
        Actions = Continuous ? archive.Read("actions").ToArray<float>() : [.. archive.Read("actions").ToArray<long>().Select(a => (float)a)];
    }

    public static IReadOnlyList<ParticleRecordings> All { get; } = ReadAll();

    public static TheoryData<string> Names => [.. All.Select(r => r.Name)];

    public string Name { get; }

    public bool IsTag { get; }

    public ulong Seed { get; }

    public bool IsRandom { get; }

    public bool Continuous { get; }

    public int Steps { get; }

    public int MaxCycles { get; }

    public string[] Agents { get; }

    public int Landmarks { get; }

    public SettingValues Settings { get; }

    public float[] Observations0 { get; }

    public float[] Observations { get; }

    public int Width { get; }

    public long[] Sizes { get; }

    public double[] Rewards { get; }

    public bool[] Terminations { get; }

    public bool[] Truncations { get; }

    /// <summary>[T + 1, n, 2], the reset first.</summary>
    public double[] Places { get; }

    public double[] Velocities { get; }

    /// <summary>Places of agents, then of landmarks, after three resets.</summary>
    public double[][] Starts { get; }

    public float[] Actions { get; }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "golden", "particle");

    public static ParticleRecordings Named(string name) => All.First(r => r.Name == name);

    public ParticleEnvironment Create(int copies, int width) =>
        IsTag ? new SimpleTagEnvironment(SimpleTagOptions.From(Settings), copies, width) : new SimpleSpreadEnvironment(SimpleSpreadOptions.From(Settings), copies, width);

    /// <summary>Writes the actions of a step for one copy.</summary>
    public void Act(ParticleEnvironment environment, int step, int copy)
    {
        int next = step * Agents.Length * (Continuous ? 5 : 1);
        foreach (AgentGroup group in environment.Groups)
        {
            for (int agent = 0; agent < group.Agents.Length; agent++)
            {
                for (int number = 0; number < group.Actions.Features; number++)
                {
                    group.Actions.Write(agent, number, copy, Actions[next++]);
                }
            }
        }
    }

    /// <summary>Puts one copy into a recorded state, 0 for the one after the reset.</summary>
    public void Load(ParticleEnvironment environment, int row, int copy)
    {
        for (int i = 0; i < 2 * Agents.Length; i++)
        {
            environment.At(ParticleRows.Place(0) + (i * ParticleRows.Lanes), copy) = Places[(row * 2 * Agents.Length) + i];
            environment.At(environment.Rows.Velocity(0) + (i * ParticleRows.Lanes), copy) = Velocities[(row * 2 * Agents.Length) + i];
        }
    }

    private static double[] Start(NpzReader archive, string prefix) =>
        [.. archive.Read(prefix + "agent_pos").ToArray<double>(), .. archive.Read(prefix + "landmark_pos").ToArray<double>()];

    private static List<ParticleRecordings> ReadAll()
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "index.json")));
        return [.. index.RootElement.GetProperty("cases").EnumerateArray().Select(entry => new ParticleRecordings(entry))];
    }
}
