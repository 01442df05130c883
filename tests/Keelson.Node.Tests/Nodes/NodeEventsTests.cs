using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Nodes;
using Proto = Keelson.Nodes.Cri.Protos;

namespace Keelson.Nodes.Tests.Nodes;

/// <summary>What upstream's agents tell of their node by events.</summary>
public sealed class NodeEventsTests
{
    private const string Begin = "4,900,1,-;stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL)\n SUBSYSTEM=x";

    [Fact]
    public void A_kill_in_a_control_group_is_told_from_one_of_the_machines()
    {
        OomMessages messages = new();
        Assert.Null(messages.Take("3,1,1,-;Killed process 1 (stray)"));
        Assert.Null(messages.Take(Begin));
        Assert.Null(messages.Take("6,901,1,-;Mem-Info:"));
        Assert.Equal(
            new OomKill("/kubepods/podx", "stress", 42),
            messages.Take("6,902,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,"
                + "oom_memcg=/kubepods/podx,task_memcg=/kubepods/podx/c,task=stress,pid=42,uid=0"));
        Assert.Null(messages.Take("3,903,1,-;Memory cgroup out of memory: Killed process 42 (stress) total-vm:1kB"));

        messages.Take(Begin);
        Assert.Null(messages.Take("6,904,1,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
            + "mems_allowed=0,global_oom,task_memcg=/user.slice,task=hog,pid=43,uid=0"));
        Assert.Equal(
            new OomKill("/", "hog", 43),
            messages.Take("3,905,1,-;Out of memory: Killed process 43 (hog) total-vm:1kB"));

        messages.Take(Begin);
        messages.Take("6,906,1,-;Task in /a/b killed as a result of limit of /a");
        Assert.Equal(new OomKill("/a", "old", 44), messages.Take("3,907,1,-;Killed process 44 (old) total-vm:1kB"));
    }

    [Fact]
    public async Task Only_when_the_machines_memory_ran_out_it_is_an_event_of_the_node()
    {
        using TestNode node = new();
        await using EventRecorder events = new(node.Api, "kubelet", TestNode.Name, TimeProvider.System);
        OomWatch watch = new(node.Context, events);
        watch.Take(Begin);
        watch.Take("6,1,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,"
            + "oom_memcg=/kubepods,task_memcg=/kubepods/c,task=stress,pid=42,uid=0");
        watch.Take(Begin);
        watch.Take("3,2,1,-;Out of memory: Killed process 43 (hog) total-vm:1kB");
        for (int i = 0; i < 200 && node.Api.All<Event>().Count() == 0; i++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        Event told = Assert.Single(node.Api.All<Event>());
        Assert.Equal(
            ("Warning", "SystemOOM", "System OOM encountered, victim process: hog, pid: 43", "Node", TestNode.Name),
            (told.Type, told.Reason, told.Message, told.InvolvedObject.Kind, told.InvolvedObject.Name));
    }

    [Fact]
    public void A_resolver_that_asks_for_more_than_pods_can_have_is_complained_of()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.Null(Complaint("nameserver 192.0.2.1\nsearch a.example . b.example\n"));
            Assert.Null(Complaint("search " + Many(33, "x") + "\nsearch a.example\n"));
            Assert.Equal(
                $"Resolv.conf file '{file}' contains search line consisting of more than 32 domains!",
                Complaint("search " + Many(33, "x")));
            Assert.Equal(
                $"Resolv.conf file \"{file}\" contains a search path which length is more than allowed 253!",
                Complaint("search " + new string('x', 254)));
            Assert.Equal(
                $"Resolv.conf file '{file}' contains search line which length is more than allowed 2048 chars!",
                Complaint("search " + Many(20, new string('x', 110))));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal($"open {file}: no such file or directory", ResolverLimits.Complaint(file));

        static string Many(int count, string what) => string.Join(' ', Enumerable.Repeat(what, count));

        string? Complaint(string text)
        {
            File.WriteAllText(file, text);
            return ResolverLimits.Complaint(file);
        }
    }

    [Theory]
    [InlineData(true, true, "6.4", "")]
    [InlineData(true, true, "6.3", "PossibleMemoryBackedVolumesOnDisk")]
    [InlineData(true, false, "5.4", "")]
    [InlineData(false, true, "5.4", "PossibleMemoryBackedVolumesOnDisk CgroupV1")]
    public void Swap_and_old_control_groups_are_warned_of(bool unified, bool swaps, string kernel, string reasons) =>
        Assert.Equal(
            reasons,
            string.Join(' ', MachineWarnings.Of(unified, swaps, new(kernel)).Select(static one => one.Reason)));

    [Fact]
    public void A_runtime_without_a_network_says_why_in_upstreams_words()
    {
        RuntimeNetwork network = new();
        Assert.Null(network.Error);
        network.Look(new Proto.RuntimeStatus
        {
            Conditions =
            {
                new Proto.RuntimeCondition { Type = "RuntimeReady", Status = true },
                new Proto.RuntimeCondition
                {
                    Type = "NetworkReady", Reason = "NetworkPluginNotReady",
                    Message = "Network plugin returns error: cni plugin not initialized",
                },
            },
        });
        Assert.Equal(
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
            + "message:Network plugin returns error: cni plugin not initialized",
            network.Error);
        network.Look(new Proto.RuntimeStatus());
        Assert.Null(network.Error);
    }
}
