using System.Collections.Immutable;

namespace Gymkhana.Environments.Particle;

/// <summary>What each agent of simple_tag_v3 sees, and the whole state.</summary>
internal static class TagPlans
{
    /// <summary>The plan of every agent, hunters first.</summary>
    public static ObservationPlan[] Of(SimpleTagOptions options, TagTeam team)
    {
        var plans = new ObservationPlan[team.Hunters + team.Prey];
        for (int agent = 0; agent < plans.Length; agent++)
        {
            plans[agent] = agent >= team.Hunters ? Everything(options, team, agent).Build()
                : options.Classes.IsEmpty ? Everything(options, team, agent).Build()
                : Viewed(options, team, agent);
        }

        return plans;
    }

    /// <summary>The whole state: hunters with their class ids, prey, landmarks.</summary>
    public static ObservationPlan Global(TagTeam team)
    {
        var plan = new ObservationPlan.Builder(team.Rows);
        for (int hunter = 0; hunter < team.Hunters; hunter++)
        {
            plan.Pair(ParticleRows.Place(hunter)).Pair(team.Rows.Velocity(hunter));
            AddClass(plan, team, hunter);
        }

        plan.End("hunters", 4 + team.Classes);
        for (int prey = 0; prey < team.Prey; prey++)
        {
            plan.Pair(team.PlaceOfPrey(prey)).Pair(team.Rows.Velocity(team.Hunters + prey));
        }

        plan.End("prey", 4);
        for (int obstacle = 0; obstacle < team.Obstacles; obstacle++)
        {
            plan.Pair(team.PlaceOfObstacle(obstacle));
        }

        return plan.End("landmarks", 2).Build();
    }

    // As MPE2: own velocity, own place, landmarks, other agents, velocities of other prey.
    private static ObservationPlan.Builder Everything(SimpleTagOptions options, TagTeam team, int agent)
    {
        var plan = new ObservationPlan.Builder(team.Rows);
        AddSelf(plan, team, agent);
        if (options.AgentNeighbours >= 0 || options.LandmarkNeighbours >= 0)
        {
            AddNearest(plan, options, team, agent);
            return plan;
        }

        AddLandmarks(plan, team, agent, relative: true);
        bool hunts = agent < team.Hunters;
        AddPlaces(plan, agent, 0, team.Hunters).End(hunts ? "others" : "hunters", 2);
        AddPlaces(plan, agent, team.Hunters, team.Prey).End(hunts ? "prey" : "others", 2);
        for (int prey = team.Hunters; prey < team.Hunters + team.Prey; prey++)
        {
            if (prey != agent) plan.Pair(team.Rows.Velocity(prey));
        }

        return plan.End(hunts ? "prey-velocity" : "others-velocity", 2);
    }

    private static void AddNearest(ObservationPlan.Builder plan, SimpleTagOptions options, TagTeam team, int agent)
    {
        var view = new NearestView(
            team.Rows, agent, team.Hunters + team.Prey, team.Obstacles, options.LandmarkNeighbours, options.AgentNeighbours, team.Hunters, showsVelocity: true, plan.Count);
        plan.Fill(view, 2 * view.Landmarks).End("landmarks", 2);
        plan.Fill(view, 2 * view.Others).End("others", 2);
        plan.Fill(view, 2 * view.Velocities).End("others-velocity", 2);
    }

    private static ObservationPlan Viewed(SimpleTagOptions options, TagTeam team, int hunter)
    {
        var plan = new ObservationPlan.Builder(team.Rows);
        ImmutableArray<HunterView> views = options.Classes[team.ClassOf[hunter]].Views;
        if (views.Contains(HunterView.Everything))
        {
            plan = Everything(options, team, hunter);
        }

        foreach (HunterView view in views)
        {
            AddView(plan, team, hunter, view);
        }

        AddClass(plan, team, hunter);
        return plan.End("class", team.Classes).Build();
    }

    private static void AddView(ObservationPlan.Builder plan, TagTeam team, int hunter, HunterView view)
    {
        switch (view)
        {
            case HunterView.Self:
                AddSelf(plan, team, hunter);
                break;
            case HunterView.Landmarks or HunterView.LandmarksRelative:
                AddLandmarks(plan, team, hunter, view == HunterView.LandmarksRelative);
                break;
            case HunterView.Prey or HunterView.PreyRelative:
                for (int prey = team.Hunters; prey < team.Hunters + team.Prey; prey++)
                {
                    int place = ParticleRows.Place(prey);
                    (view == HunterView.Prey ? plan.Pair(place) : plan.Relative(place, ParticleRows.Place(hunter))).Pair(team.Rows.Velocity(prey));
                }

                plan.End("prey", 4);
                break;
            case HunterView.NearestPrey:
                plan.Fill(new NearestPreyView(team.Rows, team, hunter, plan.Count), NearestPreyView.Size).End("prey", NearestPreyView.Size);
                break;
            case HunterView.Others:
                AddPlaces(plan, hunter, 0, team.Hunters).End("others", 2);
                break;
        }
    }

    private static void AddSelf(ObservationPlan.Builder plan, TagTeam team, int agent) =>
        plan.Pair(team.Rows.Velocity(agent)).Pair(ParticleRows.Place(agent)).End("self", 4);

    private static void AddLandmarks(ObservationPlan.Builder plan, TagTeam team, int agent, bool relative)
    {
        for (int obstacle = 0; obstacle < team.Obstacles; obstacle++)
        {
            int place = team.PlaceOfObstacle(obstacle);
            _ = relative ? plan.Relative(place, ParticleRows.Place(agent)) : plan.Pair(place);
        }

        plan.End("landmarks", 2);
    }

    private static ObservationPlan.Builder AddPlaces(ObservationPlan.Builder plan, int agent, int first, int count)
    {
        for (int other = first; other < first + count; other++)
        {
            if (other != agent) plan.Relative(ParticleRows.Place(other), ParticleRows.Place(agent));
        }

        return plan;
    }

    private static void AddClass(ObservationPlan.Builder plan, TagTeam team, int hunter)
    {
        for (int hunterClass = 0; hunterClass < team.Classes; hunterClass++)
        {
            plan.Constant(team.ClassOf[hunter] == hunterClass);
        }
    }
}
