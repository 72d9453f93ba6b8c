using System.Globalization;
using System.Numerics;
using Gymkhana.Core.Scenes;

namespace Gymkhana.Environments.Particle;

/// <summary>The picture of simple_tag_v3: classes in their colours, ranges as faint discs, messages as arcs whose colour and width tell of attention.</summary>
internal static class SimpleTagScene
{
    // How strong all messages look where nobody tells of attention.
    private const float EvenWeight = 0.45f;

    /// <summary>Adds a game.</summary>
    public static void Add(Scene scene, SimpleTagEnvironment tag, ParticlePicture picture)
    {
        TagTeam team = tag.Team;
        ParticleScene.AddField(scene, picture);
        AddRanges(scene, tag, picture);
        for (int obstacle = 0; obstacle < team.Obstacles; obstacle++)
        {
            ParticleScene.AddStone(scene, picture.Landmark(obstacle), (float)SimpleTagEnvironment.ObstacleRadius);
        }

        for (int agent = 0; agent < team.Hunters + team.Prey; agent++)
        {
            float radius = (float)(agent < team.Hunters ? SimpleTagEnvironment.HunterRadius : SimpleTagEnvironment.PreyRadius);
            ParticleScene.AddTrail(scene, picture, agent, radius, ColourOf(team, agent));
        }

        AddMessages(scene, tag, picture);
        AddTouches(scene, team, picture);
        for (int agent = 0; agent < team.Hunters + team.Prey; agent++)
        {
            bool hunts = agent < team.Hunters;
            string mark = hunts && team.Classes > 0 ? tag.Options.Classes[team.ClassOf[agent]].Name[..1] : string.Empty;
            ParticleScene.AddBody(scene, picture.Agent(agent), (float)(hunts ? SimpleTagEnvironment.HunterRadius : SimpleTagEnvironment.PreyRadius), ColourOf(team, agent), mark);
        }

        AddWords(scene, tag, picture.Copy);
    }

    private static Rgba ColourOf(TagTeam team, int agent) =>
        agent >= team.Hunters ? ParticleScene.Prey
        : ParticleScene.Classes[team.Classes == 0 ? 0 : team.ClassOf[agent] % ParticleScene.Classes.Length];

    private static bool Talks(SimpleTagEnvironment tag) => tag.KeepsLinks && tag.TalkRange > 0;

    private static void AddRanges(Scene scene, SimpleTagEnvironment tag, ParticlePicture picture)
    {
        if (Talks(tag) && double.IsFinite(tag.TalkRange))
        {
            for (int hunter = 0; hunter < tag.Team.Hunters; hunter++)
            {
                ParticleScene.AddRange(scene, picture.Agent(hunter), (float)tag.TalkRange, ColourOf(tag.Team, hunter));
            }
        }
    }

    private static void AddMessages(Scene scene, SimpleTagEnvironment tag, ParticlePicture picture)
    {
        for (int receiver = 0; Talks(tag) && receiver < tag.Talkers; receiver++)
        {
            for (int sender = 0; sender < tag.Talkers; sender++)
            {
                if (tag.Links[receiver, sender, picture.Copy] == 0) continue;
                float weight = tag.HasLinkWeights ? Math.Clamp(tag.LinkWeights[receiver, sender, picture.Copy], 0, 1) : EvenWeight;
                ParticleScene.AddMessage(scene, picture.Agent(sender), picture.Agent(receiver), ColourOf(tag.Team, sender), weight);
            }
        }
    }

    private static void AddTouches(Scene scene, TagTeam team, ParticlePicture picture)
    {
        for (int hunter = 0; hunter < team.Hunters; hunter++)
        {
            for (int prey = team.Hunters; prey < team.Hunters + team.Prey; prey++)
            {
                (Vector2 a, Vector2 b) = (picture.Agent(hunter), picture.Agent(prey));
                if (Vector2.Distance(a, b) < SimpleTagEnvironment.HunterRadius + SimpleTagEnvironment.PreyRadius)
                {
                    ParticleScene.AddTouch(scene, (a + b) * 0.5f, ColourOf(team, hunter));
                }
            }
        }
    }

    private static void AddWords(Scene scene, SimpleTagEnvironment tag, int copy)
    {
        int steps = tag.StepsOf(copy);
        ParticleScene.AddTitle(scene, "Tag", string.Create(CultureInfo.InvariantCulture, $"{SimpleTagPage.Id} · step {steps} of {tag.Options.MaxCycles}"));
        int line = 0;
        if (tag.Team.Classes == 0)
        {
            ParticleScene.AddLegend(scene, line++, ParticleScene.Classes[0], Counted(tag.Team.Hunters, "hunter"));
        }

        for (int hunterClass = 0; hunterClass < tag.Team.Classes; hunterClass++)
        {
            HunterClass one = tag.Options.Classes[hunterClass];
            ParticleScene.AddLegend(scene, line++, ParticleScene.Classes[hunterClass % ParticleScene.Classes.Length], $"{one.Count} × {one.Name}: {HunterClass.Describe(one.Views)}");
        }

        ParticleScene.AddLegend(scene, line, ParticleScene.Prey, Counted(tag.Team.Prey, "prey", "prey"));
        double touches = tag.At(tag.Team.Touches, copy);
        ParticleScene.AddFigure(scene, 0, touches.ToString("0", CultureInfo.InvariantCulture), "touches");
        for (int hunterClass = 0; hunterClass < tag.Team.Classes; hunterClass++)
        {
            ParticleScene.AddFigure(
                scene, 1 + hunterClass, tag.At(tag.Team.TouchesOf(hunterClass), copy).ToString("0", CultureInfo.InvariantCulture), "by " + tag.Options.Classes[hunterClass].Name);
        }
    }

    private static string Counted(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
