package clipdesk;

import java.io.InputStream;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One node of a cluster on loopback, in a process of its own so that it can be killed.
 *
 * Arguments: home folder, name, HTTP port, transport port, and all nodes as
 * name=transport-port with commas. Prints "ready"; ends when standard input is closed.
 */
public final class Node {

    private Node() {
    }

    /** A module's plugin: OpenSearch 3 calls it by another name than 2 did. */
    private static String module(String name) {
        try {
            Class.forName(name + "ModulePlugin", false, Node.class.getClassLoader());
            return name + "ModulePlugin";
        } catch (ClassNotFoundException e) {
            return name + "Plugin";
        }
    }

    public static void main(String[] args) throws Exception {
        String[] nodes = args[4].split(",");
        String[] names = new String[nodes.length];
        String[] addresses = new String[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            String[] parts = nodes[i].split("=");
            names[i] = parts[0];
            addresses[i] = "127.0.0.1:" + parts[1];
        }
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.onBuild((number, settings) -> settings
                .put("discovery.type", "zen") // the runner of 3 takes one node for all there are
                .put("node.name", args[1])
                .put("network.host", "127.0.0.1")
                .put("http.port", args[2])
                .put("transport.port", args[3])
                .putList("discovery.seed_hosts", addresses)
                .putList("cluster.initial_cluster_manager_nodes", names)
                // A killed node is missed at once: the connection breaks. These are for a hung one.
                .put("cluster.fault_detection.follower_check.timeout", "5s")
                .put("cluster.routing.allocation.disk.threshold_enabled", false)
                .put("action.auto_create_index", false));
        runner.build(OpenSearchRunner.newConfigs()
                .basePath(args[0])
                .clusterName("clipdesk-tests")
                .moduleTypes(String.join(",",
                        module("org.opensearch.analysis.common.CommonAnalysis"),
                        module("org.opensearch.index.reindex.Reindex"),
                        module("org.opensearch.transport.Netty4")))
                .numOfNode(1)
                .disableESLogger());
        System.out.println("ready");
        InputStream input = System.in;
        while (input.read() >= 0) {
            // until it is closed, which the end of the tests does in every case
        }
        runner.close();
        System.exit(0);
    }
}
